using Keyless.Server.Audit;
using Xunit;

namespace Server.Tests.Audit;

public sealed class FirstLineTests
{
    [Fact]
    public void A_short_sentence_stays_as_it_is()
    {
        const string sentence = "role `deploy` may not `s3:PutObject` on `site/a`: the resource is not `arn:aws:s3:::b/*` (statement 1 of the identity policy `p`)";
        Assert.Equal(sentence, FirstLine.Of(sentence));
    }

    [Fact]
    public void The_place_in_the_policy_gives_way_first()
    {
        var cause = "role `deploy` may not `s3:PutObject` on `site/" + new string('k', 100) + "`: the resource is not `arn:aws:s3:::other/*`";
        Assert.Equal(cause, FirstLine.Of(cause + " (statement 1 of the identity policy `permissions-of-the-deployment`)"));
    }

    [Fact]
    public void A_providers_host_in_a_key_gives_way_before_a_value()
    {
        var value = "acme/workflows/.github/workflows/" + new string('w', 70) + ".yml@refs/heads/main";
        var line = FirstLine.Of($"role `deploy`: the policy wants `token.actions.githubusercontent.com:job_workflow_ref` to equal `{value}`, the request has `octo`");
        Assert.Contains("`…:job_workflow_ref`", line, StringComparison.Ordinal);
        Assert.Contains($"`{value}`", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300, 1)]
    [InlineData(2048, 3)]
    [InlineData(40, 60)]
    public void Whatever_the_names_are_a_line_is_no_longer_than_a_line(int length, int names)
    {
        var line = FirstLine.Of("the policy trusts " + string.Join(" or ", Enumerable.Repeat($"`arn:aws:iam::123456789012:role/{new string('n', length)}/end`", names)));
        Assert.InRange(line.Length, 60, FirstLine.Longest);
        Assert.StartsWith("the policy trusts `arn:aws", line, StringComparison.Ordinal);
        Assert.True(names > 3 || line.EndsWith("/end`", StringComparison.Ordinal), line);
    }
}
