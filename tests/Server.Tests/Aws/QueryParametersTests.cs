using System.Text;
using CsCheck;
using Keyless.Server.Aws;
using Xunit;

namespace Keyless.Tests.Aws;

/// <summary>Form parameters: what a client encodes is what an operation reads.</summary>
public sealed class QueryParametersTests
{
    [Fact]
    public void Whatever_is_encoded_is_decoded() =>
        Gen.Select(Gen.String[Gen.Char['!', '\u2fff'], 1, 12], Gen.String[Gen.Char['\0', '\ud7ff'], 0, 40]).List[0, 20].Sample(pairs =>
        {
            var form = string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Item1)}={Uri.EscapeDataString(pair.Item2).Replace("%20", "+", StringComparison.Ordinal)}"));
            var parameters = QueryParameters.Parse(Encoding.ASCII.GetBytes(form), out var fault);
            Assert.Null(fault);
            Assert.Equal(pairs.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)), parameters!.All());
            foreach (var (name, _) in pairs)
            {
                Assert.Equal(pairs.First(pair => pair.Item1 == name).Item2, parameters.Text(name));
            }
        });

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%zz")]
    [InlineData("a=%ff")]
    [InlineData("%c3=1")]
    public void What_is_no_percent_encoded_text_is_refused(string form)
    {
        Assert.Null(QueryParameters.Parse(Encoding.ASCII.GetBytes(form), out var fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void Lists_are_in_the_order_of_their_numbers_and_an_empty_one_is_none()
    {
        var parameters = QueryParameters.Parse("L.member.10=c&L.member.2=b&L.member.1=a&L.member.x=no&L.member.0=no&E="u8, out _)!;
        Assert.Equal(["a", "b", "c"], parameters.List("L"));
        Assert.Empty(parameters.List("E"));
        Assert.Equal("", parameters.Text("E"));
        Assert.Null(parameters.Text("L"));
    }

    [Fact]
    public void There_are_not_endless_parameters()
    {
        Assert.Null(QueryParameters.Parse(Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Repeat("a=1", QueryParameters.MaxParameters + 1))), out var fault));
        Assert.Contains("2049 parameters", fault, StringComparison.Ordinal);
    }
}
