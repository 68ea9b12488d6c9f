using System.Collections.Immutable;
using System.Globalization;
using Keyless.Server.Aws;

namespace Keyless.Server.S3.Configuration;

/// <summary>How a bucket serves a website. S3 User Guide, "Hosting a static website using Amazon S3"; API Reference, PutBucketWebsite.</summary>
public sealed record WebsiteConfiguration
{
    private const int MaxRoutingRules = 50;

    /// <summary>Appended to a path that is empty or ends with a slash: <c>index.html</c>.</summary>
    public string? IndexSuffix { get; init; }

    /// <summary>The key of the page that answers errors of the 4xx class.</summary>
    public string? ErrorKey { get; init; }

    /// <summary>Sends every request elsewhere; then there is nothing else.</summary>
    public RedirectAll? RedirectAll { get; init; }

    public ImmutableArray<RoutingRule> RoutingRules { get; init; } = [];

    /// <summary>Reads the request of PutBucketWebsite; the checks are in the order AWS makes them.</summary>
    public static Parsed<WebsiteConfiguration> Parse(XmlTree? tree)
    {
        if (tree is not { Name: "WebsiteConfiguration" }
            || !tree.HasOnly("IndexDocument", "ErrorDocument", "RedirectAllRequestsTo", "RoutingRules")
            || !tree.HasAtMostOne("IndexDocument", "ErrorDocument", "RedirectAllRequestsTo", "RoutingRules"))
        {
            return S3Errors.MalformedXml(
                "expected `<WebsiteConfiguration>` with `<IndexDocument>`, `<ErrorDocument>`, `<RoutingRules>` or `<RedirectAllRequestsTo>`", tree);
        }

        var (index, error, all) = (tree.Child("IndexDocument"), tree.Child("ErrorDocument"), tree.Child("RedirectAllRequestsTo"));
        if (index is not null && (!index.HasOnly("Suffix") || index.Child("Suffix") is null))
        {
            return S3Errors.MalformedXml("`<IndexDocument>` has a `<Suffix>`", index);
        }

        if (error is not null && (!error.HasOnly("Key") || string.IsNullOrEmpty(error["Key"])))
        {
            return S3Errors.MalformedXml("`<ErrorDocument>` has a `<Key>`", error);
        }

        var rules = ImmutableArray.CreateBuilder<RoutingRule>();
        if (tree.Child("RoutingRules") is { } list)
        {
            if (!list.HasOnly("RoutingRule") || list.Children.IsEmpty || list.Children.Any(rule => rule.Child("Redirect") is null))
            {
                return S3Errors.MalformedXml("`<RoutingRules>` has `<RoutingRule>`s, each with a `<Redirect>`", list);
            }

            foreach (var rule in list.Children)
            {
                if (!RoutingRule.Parse(rule).Succeeds(out var parsed, out var fault))
                {
                    return fault;
                }

                rules.Add(parsed);
            }
        }

        RedirectAll? redirectAll = null;
        if (all is not null)
        {
            if (string.IsNullOrEmpty(all["HostName"]) || !all.HasOnly("HostName", "Protocol"))
            {
                return S3Errors.MalformedXml("`<RedirectAllRequestsTo>` has a `<HostName>` and perhaps a `<Protocol>`", all);
            }

            redirectAll = new RedirectAll(all["HostName"]!, all["Protocol"]);
        }

        return Check(new WebsiteConfiguration
        {
            IndexSuffix = index?["Suffix"],
            ErrorKey = error?["Key"],
            RedirectAll = redirectAll,
            RoutingRules = rules.DrainToImmutable(),
        });
    }

    /// <summary>What AWS asks of a configuration, whether it came as XML or from a template.</summary>
    public static Parsed<WebsiteConfiguration> Check(WebsiteConfiguration website)
    {
        if (website.RedirectAll is { } all)
        {
            if (website is not { IndexSuffix: null, ErrorKey: null, RoutingRules.IsEmpty: true })
            {
                return S3Errors.InvalidArgument(
                    "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.", "RedirectAllRequestsTo", "not null") with
                {
                    Reason = "the website redirects all requests, and has an index document, an error document or routing rules besides",
                    Mend = "keep `RedirectAllRequestsTo` alone, or take it out",
                };
            }

            return Protocol(all.Protocol) is { } wrong ? wrong : website;
        }

        if (website.IndexSuffix is not { } suffix)
        {
            return S3Errors.InvalidArgument(
                "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty", "IndexDocument", "null") with
            {
                Reason = "the website has neither an `IndexDocument` nor `RedirectAllRequestsTo`",
                Mend = "add `\"IndexDocument\": { \"Suffix\": \"index.html\" }`",
            };
        }

        if (suffix.Length == 0 || suffix.Contains('/', StringComparison.Ordinal))
        {
            return S3Errors.InvalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix) with
            {
                Reason = suffix.Length == 0 ? "the `Suffix` of the `IndexDocument` is empty" : $"the `Suffix` of the `IndexDocument` is `{suffix}`, and it may have no `/`: it is the name of a file in every folder",
                Mend = "write `index.html`",
            };
        }

        if (website.RoutingRules.Length > MaxRoutingRules)
        {
            return S3Errors.InvalidRequest(
                $"{website.RoutingRules.Length} routing rules provided, the number of routing rules in a website configuration is limited to 50.");
        }

        foreach (var rule in website.RoutingRules)
        {
            if (rule.Fault() is { } fault)
            {
                return fault;
            }
        }

        return website;
    }

    internal static AwsError? Protocol(string? protocol) => protocol is null or "http" or "https"
        ? null
        : S3Errors.InvalidRequest(
            "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
            $"the `Protocol` of a redirect is `{protocol}`, neither `http` nor `https`", "write one of them, or leave it out");

    internal void Write(XmlOut xml)
    {
        xml.Open("WebsiteConfiguration", S3Xml.Namespace);
        if (RedirectAll is { } all)
        {
            xml.Open("RedirectAllRequestsTo").Element("HostName", all.HostName).Optional("Protocol", all.Protocol).Close("RedirectAllRequestsTo");
        }

        if (IndexSuffix is { } suffix)
        {
            xml.Open("IndexDocument").Element("Suffix", suffix).Close("IndexDocument");
        }

        if (ErrorKey is { } key)
        {
            xml.Open("ErrorDocument").Element("Key", key).Close("ErrorDocument");
        }

        if (!RoutingRules.IsEmpty)
        {
            xml.Open("RoutingRules");
            foreach (var rule in RoutingRules)
            {
                rule.Write(xml);
            }

            xml.Close("RoutingRules");
        }

        xml.Close("WebsiteConfiguration");
    }
}

/// <param name="Protocol"><c>http</c>, <c>https</c>, or null for the request's.</param>
public sealed record RedirectAll(string HostName, string? Protocol);

/// <summary>One routing rule: a condition, and where to send what meets it.</summary>
/// <param name="KeyPrefix">Null for every key.</param>
/// <param name="ErrorCode">The HTTP status of the failed lookup; null for rules that come before it.</param>
public sealed record RoutingRule(string? KeyPrefix, int? ErrorCode)
{
    public string? HostName { get; init; }

    public string? Protocol { get; init; }

    /// <summary>301 when absent.</summary>
    public int? RedirectCode { get; init; }

    /// <summary>Excludes <see cref="ReplaceKeyWith"/>; may be empty.</summary>
    public string? ReplaceKeyPrefixWith { get; init; }

    public string? ReplaceKeyWith { get; init; }

    /// <summary>Whether a condition was written without content, which AWS refuses.</summary>
    public bool HasEmptyCondition { get; init; }

    internal static Parsed<RoutingRule> Parse(XmlTree rule)
    {
        var (condition, redirect) = (rule.Child("Condition"), rule.Child("Redirect")!);
        if (!rule.HasOnly("Condition", "Redirect")
            || condition?.HasOnly("KeyPrefixEquals", "HttpErrorCodeReturnedEquals") == false
            || !redirect.HasOnly("HostName", "Protocol", "HttpRedirectCode", "ReplaceKeyPrefixWith", "ReplaceKeyWith")
            || redirect.Children.IsEmpty)
        {
            return S3Errors.MalformedXml("a `<RoutingRule>` has an optional `<Condition>` and a `<Redirect>` that says where to", rule);
        }

        int? errorCode = null, redirectCode = null;
        if (condition?["HttpErrorCodeReturnedEquals"] is { } wanted)
        {
            if (Status(wanted) is not ({ } status and >= 400 and < 600))
            {
                return S3Errors.InvalidRequest(
                    $"The provided HTTP error code ({wanted}) is not valid. Valid codes are 4XX or 5XX.");
            }

            errorCode = status;
        }

        if (redirect["HttpRedirectCode"] is { } code)
        {
            if (Status(code) is not ({ } status and > 300 and < 400))
            {
                return S3Errors.InvalidRequest($"The provided HTTP redirect code ({code}) is not valid. Valid codes are 3XX except 300.");
            }

            redirectCode = status;
        }

        return new RoutingRule(condition?["KeyPrefixEquals"], errorCode)
        {
            HostName = redirect["HostName"],
            Protocol = redirect["Protocol"],
            RedirectCode = redirectCode,
            ReplaceKeyPrefixWith = redirect["ReplaceKeyPrefixWith"],
            ReplaceKeyWith = redirect["ReplaceKeyWith"],
            HasEmptyCondition = condition is { Children.IsEmpty: true },
        };
    }

    internal AwsError? Fault()
    {
        if (HasEmptyCondition)
        {
            return S3Errors.InvalidRequest(
                "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.");
        }

        if (ReplaceKeyPrefixWith is not null && ReplaceKeyWith is not null)
        {
            return S3Errors.InvalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
        }

        return WebsiteConfiguration.Protocol(Protocol);
    }

    internal void Write(XmlOut xml)
    {
        xml.Open("RoutingRule");
        if (KeyPrefix is not null || ErrorCode is not null)
        {
            xml.Open("Condition");
            xml.Optional("HttpErrorCodeReturnedEquals", ErrorCode?.ToString(CultureInfo.InvariantCulture));
            xml.Optional("KeyPrefixEquals", KeyPrefix);
            xml.Close("Condition");
        }

        xml.Open("Redirect")
            .Optional("Protocol", Protocol)
            .Optional("HostName", HostName)
            .Optional("ReplaceKeyPrefixWith", ReplaceKeyPrefixWith)
            .Optional("ReplaceKeyWith", ReplaceKeyWith)
            .Optional("HttpRedirectCode", RedirectCode?.ToString(CultureInfo.InvariantCulture))
            .Close("Redirect")
            .Close("RoutingRule");
    }

    private static int? Status(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null;
}
