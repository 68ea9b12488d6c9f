using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>OIDC providers over the wire, as recorded on AWS.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    private const string Thumbprint = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.Start(options => options with { IssuerPolicy = Server.IssuerPolicy.Aws });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("https://idp.example.com/a/", "idp.example.com/a/")]
    [InlineData("https://IdP.example.com/A", "IdP.example.com/A")]
    [InlineData("https://idp.example.com:443/a", "idp.example.com/a")]
    public async Task The_url_stays_as_given_but_for_the_standard_port(string url, string kept)
    {
        var created = await Create(url);
        Assert.Equal($"arn:aws:iam::{_server.Account}:oidc-provider/{kept}", created["OpenIDConnectProviderArn"]);
        Assert.Equal(kept, (await _server.Root.Iam("GetOpenIDConnectProvider", "OpenIDConnectProviderArn", created["OpenIDConnectProviderArn"]!))["Url"]);
    }

    [Theory]
    [InlineData("https://idp.example.com/?q=1", "InvalidInput", "Unknown")]
    [InlineData("https://idp.example.com/#f", "InvalidInput", "Unknown")]
    [InlineData("http://idp.example.com", "ValidationError", "Invalid Open ID Connect Provider URL")]
    [InlineData("https://idp.example.com:8443", "ValidationError", "Invalid Open ID Connect Provider URL")]
    [InlineData("https://user@idp.example.com", "ValidationError", "Invalid Open ID Connect Provider URL")]
    [InlineData("idp.example.com", "ValidationError", "Invalid Open ID Connect Provider URL")]
    public async Task Other_urls_are_refused(string url, string code, string message)
    {
        var answer = await Create(url);
        Assert.Equal((400, code, message), (answer.Code, answer.Error, answer.Message));
    }

    [Fact]
    public async Task A_second_delete_is_an_error()
    {
        var arn = (await Create("https://idp.example.com"))["OpenIDConnectProviderArn"]!;
        Assert.Equal("EntityAlreadyExists", (await Create("https://idp.example.com")).Error);
        Assert.Equal(200, (await _server.Root.Iam("DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn", arn)).Code);
        Assert.Equal($"OpenId connect Provider {arn} cannot be found.", (await _server.Root.Iam("DeleteOpenIDConnectProvider", "OpenIDConnectProviderArn", arn)).Message);
        Assert.Equal($"OpenIDConnect Provider not found for arn {arn}", (await _server.Root.Iam("GetOpenIDConnectProvider", "OpenIDConnectProviderArn", arn)).Message);
    }

    [Fact]
    public async Task Client_ids_and_thumbprints_have_their_limits()
    {
        var arn = (await Create("https://idp.example.com", "ClientIDList.member.1", "zulu", "ClientIDList.member.2", "alpha", "ClientIDList.member.3", "zulu"))["OpenIDConnectProviderArn"]!;
        for (var i = 0; i < 98; i++)
        {
            Assert.Equal(200, (await _server.Root.Iam("AddClientIDToOpenIDConnectProvider", "OpenIDConnectProviderArn", arn, "ClientID", $"c{i}")).Code);
        }

        Assert.Equal(200, (await _server.Root.Iam("AddClientIDToOpenIDConnectProvider", "OpenIDConnectProviderArn", arn, "ClientID", "alpha")).Code);
        Assert.Equal(
            "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
            (await _server.Root.Iam("AddClientIDToOpenIDConnectProvider", "OpenIDConnectProviderArn", arn, "ClientID", "more")).Message);
        Assert.Equal(200, (await _server.Root.Iam("RemoveClientIDFromOpenIDConnectProvider", "OpenIDConnectProviderArn", arn, "ClientID", "never")).Code);
        string[] six = [.. Enumerable.Range(1, 6).SelectMany(i => new[] { $"ThumbprintList.member.{i}", Thumbprint })];
        Assert.Equal(
            "Thumbprint list must contain fewer than 5 entries.",
            (await _server.Root.Iam("UpdateOpenIDConnectProviderThumbprint", ["OpenIDConnectProviderArn", arn, .. six])).Message);
        Assert.Equal(
            "Thumbprint list must contain at least one entry.",
            (await _server.Root.Iam("UpdateOpenIDConnectProviderThumbprint", "OpenIDConnectProviderArn", arn, "ThumbprintList", "")).Message);
    }

    [Fact]
    public async Task Tag_keys_differ_by_case_and_reads_sort_them()
    {
        var created = await Create(
            "https://idp.example.com", "Tags.member.1.Key", "b", "Tags.member.1.Value", "1", "Tags.member.2.Key", "B", "Tags.member.2.Value", "2", "Tags.member.3.Key", "a",
            "Tags.member.3.Value", "3");
        Assert.Equal(["b", "B", "a"], created.All("Key"));
        var got = await _server.Root.Iam("GetOpenIDConnectProvider", "OpenIDConnectProviderArn", created["OpenIDConnectProviderArn"]!);
        Assert.Equal(["B", "a", "b"], got.All("Key"));
    }

    private Task<Answer> Create(string url, params string[] more) =>
        _server.Root.Iam("CreateOpenIDConnectProvider", ["Url", url, "ThumbprintList.member.1", Thumbprint, .. more]);
}
