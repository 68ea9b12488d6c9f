using System.Text;
using Keyless.Server.S3;
using Keyless.Server.S3.Configuration;
using Keyless.Server.S3.Website;
using Xunit;

namespace Server.Tests.S3;

public sealed class WebsiteConfigurationTests
{
    [Theory]
    [InlineData("<IndexDocument><Suffix/></IndexDocument>", "InvalidArgument", "The IndexDocument Suffix is not well formed")]
    [InlineData("<IndexDocument><Suffix>a/b</Suffix></IndexDocument>", "InvalidArgument", "The IndexDocument Suffix is not well formed")]
    [InlineData("<ErrorDocument><Key>e</Key></ErrorDocument>", "InvalidArgument", "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty")]
    [InlineData("<RedirectAllRequestsTo><HostName>h</HostName></RedirectAllRequestsTo><IndexDocument><Suffix>i</Suffix></IndexDocument>", "InvalidArgument", "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.")]
    [InlineData("<RedirectAllRequestsTo><HostName>h</HostName><Protocol>ftp</Protocol></RedirectAllRequestsTo>", "InvalidRequest", "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.")]
    [InlineData("<IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules><RoutingRule><Redirect><ReplaceKeyWith>a</ReplaceKeyWith><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith></Redirect></RoutingRule></RoutingRules>", "InvalidRequest", "You can only define ReplaceKeyPrefix or ReplaceKey but not both.")]
    [InlineData("<IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules><RoutingRule><Condition/><Redirect><ReplaceKeyWith>a</ReplaceKeyWith></Redirect></RoutingRule></RoutingRules>", "InvalidRequest", "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.")]
    [InlineData("<Index/>", "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")]
    public void A_bad_configuration_is_refused_as_AWS_does(string content, string code, string message)
    {
        var error = Parse(content).Error;
        Assert.Equal((code, 400, message), (error?.Code, error!.Status, error.Message));
    }

    [Fact]
    public void What_is_read_is_written_again()
    {
        const string content =
            "<IndexDocument><Suffix>index.html</Suffix></IndexDocument><ErrorDocument><Key>e/404.html</Key></ErrorDocument>"
            + "<RoutingRules><RoutingRule><Condition><HttpErrorCodeReturnedEquals>404</HttpErrorCodeReturnedEquals><KeyPrefixEquals>a/</KeyPrefixEquals></Condition>"
            + "<Redirect><Protocol>https</Protocol><HostName>h</HostName><ReplaceKeyPrefixWith></ReplaceKeyPrefixWith><HttpRedirectCode>307</HttpRedirectCode></Redirect></RoutingRule></RoutingRules>";
        Assert.True(Parse(content).Succeeds(out var website, out _));
        Assert.Equal($"<WebsiteConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{content}</WebsiteConfiguration>", S3Xml.Stored(website.Write));
    }

    [Fact]
    public void Rules_without_an_error_code_come_before_the_lookup_and_the_first_wins()
    {
        var website = new WebsiteConfiguration
        {
            IndexSuffix = "index.html",
            RoutingRules =
            [
                new RoutingRule("docs/", 404) { HostName = "late" },
                new RoutingRule("docs/", null) { ReplaceKeyPrefixWith = "documents/" },
                new RoutingRule("docs/", null) { ReplaceKeyWith = "never" },
            ],
        };
        Assert.Equal(new WebsiteRedirect(301, "http://host/documents/a%20b"), WebsiteRedirect.Before(website, "docs/a b", "http", "host"));
        Assert.Null(WebsiteRedirect.Before(website, "doc", "http", "host"));
        Assert.Equal(new WebsiteRedirect(301, "http://late/docs/x"), WebsiteRedirect.After(website, "docs/x", 404, "http", "host"));
        Assert.Null(WebsiteRedirect.After(website, "docs/x", 403, "http", "host"));
    }

    private static Parsed<WebsiteConfiguration> Parse(string content) =>
        WebsiteConfiguration.Parse(XmlTree.Read(Encoding.UTF8.GetBytes($"<WebsiteConfiguration>{content}</WebsiteConfiguration>")));
}
