using Keyless.Server.S3.Configuration;

namespace Keyless.Server.S3.Website;

/// <summary>Where a website sends a request. S3 User Guide, "Configuring a webpage redirect".</summary>
/// <param name="Location">The value of the header.</param>
internal sealed record WebsiteRedirect(int Status, string Location)
{
    /// <summary>The first rule that decides before the object is looked for: those without an error code.</summary>
    public static WebsiteRedirect? Before(WebsiteConfiguration website, string key, string scheme, string host) =>
        First(website, key, scheme, host, rule => rule.ErrorCode is null);

    /// <summary>The first rule for the failed lookup.</summary>
    public static WebsiteRedirect? After(WebsiteConfiguration website, string key, int status, string scheme, string host) =>
        First(website, key, scheme, host, rule => rule.ErrorCode == status);

    /// <summary>Of a bucket that redirects everything: the path stays.</summary>
    public static WebsiteRedirect All(RedirectAll all, string rawPath, string scheme) => new(301, $"{all.Protocol ?? scheme}://{all.HostName}{rawPath}");

    private static WebsiteRedirect? First(WebsiteConfiguration website, string key, string scheme, string host, Func<RoutingRule, bool> applies)
    {
        foreach (var rule in website.RoutingRules)
        {
            if (applies(rule) && key.StartsWith(rule.KeyPrefix ?? "", StringComparison.Ordinal))
            {
                var target = rule.ReplaceKeyWith
                    ?? (rule.ReplaceKeyPrefixWith is { } replacement ? replacement + key[(rule.KeyPrefix ?? "").Length..] : key);
                return new(
                    rule.RedirectCode ?? 301,
                    $"{rule.Protocol ?? scheme}://{rule.HostName ?? host}/{PercentEncoding.EncodePath(target)}");
            }
        }

        return null;
    }
}
