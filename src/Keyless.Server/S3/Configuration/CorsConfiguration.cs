using System.Collections.Immutable;
using System.Globalization;
using Keyless.Server.Aws;

namespace Keyless.Server.S3.Configuration;

/// <summary>A bucket's cross-origin rules; the first that matches decides. S3 User Guide, "Using cross-origin resource sharing".</summary>
public sealed record CorsConfiguration(ImmutableArray<CorsRule> Rules)
{
    private const int MaxRules = 100;

    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    public static Parsed<CorsConfiguration> Parse(XmlTree? tree)
    {
        if (tree is not { Name: "CORSConfiguration" } || !tree.HasOnly("CORSRule") || tree.Children.Length is 0 or > MaxRules)
        {
            return S3Errors.MalformedXml("expected `<CORSConfiguration>` with 1 to 100 `<CORSRule>`", tree);
        }

        var rules = ImmutableArray.CreateBuilder<CorsRule>();
        foreach (var rule in tree.Children)
        {
            if (!ParseRule(rule).Succeeds(out var parsed, out var error))
            {
                return error;
            }

            rules.Add(parsed);
        }

        return new CorsConfiguration(rules.DrainToImmutable());
    }

    private static Parsed<CorsRule> ParseRule(XmlTree rule)
    {
        if (!rule.HasOnly("ID", "AllowedHeader", "AllowedMethod", "AllowedOrigin", "ExposeHeader", "MaxAgeSeconds")
            || !rule.HasAtMostOne("ID", "MaxAgeSeconds")
            || rule.Child("AllowedMethod") is null
            || rule.Child("AllowedOrigin") is null)
        {
            return S3Errors.MalformedXml("a `<CORSRule>` has at least one `<AllowedMethod>` and one `<AllowedOrigin>`", rule);
        }

        foreach (var method in rule.All("AllowedMethod"))
        {
            if (!Methods.Contains(method.Text))
            {
                return S3Errors.InvalidRequest(
                    $"Found unsupported HTTP method in CORS config. Unsupported method is {method.Text}",
                    $"an `<AllowedMethod>` is `{method.Text}`, none of {string.Join(", ", Methods.Select(name => $"`{name}`"))}",
                    "write one of them, in capitals; `OPTIONS` needs no rule of its own");
            }
        }

        foreach (var origin in rule.All("AllowedOrigin"))
        {
            if (origin.Text.Count(c => c == '*') > 1)
            {
                return S3Errors.InvalidRequest($"AllowedOrigin \"{origin.Text}\" can not have more than one wildcard.");
            }
        }

        foreach (var header in rule.All("AllowedHeader"))
        {
            if (header.Text.Count(c => c == '*') > 1)
            {
                return S3Errors.InvalidRequest($"AllowedHeader \"{header.Text}\" can not have more than one wildcard.");
            }
        }

        foreach (var header in rule.All("ExposeHeader"))
        {
            if (header.Text.Contains('*'))
            {
                return S3Errors.InvalidRequest($"ExposeHeader \"{header.Text}\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
            }
        }

        int? maxAge = null;
        if (rule["MaxAgeSeconds"] is { } seconds)
        {
            if (!int.TryParse(seconds.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            {
                return S3Errors.MalformedXml($"`<MaxAgeSeconds>` is a number, not `{seconds}`");
            }

            maxAge = parsed;
        }

        return new CorsRule(
            rule["ID"],
            Texts(rule, "AllowedOrigin"),
            Texts(rule, "AllowedMethod"),
            Texts(rule, "AllowedHeader"),
            Texts(rule, "ExposeHeader"),
            maxAge);
    }

    /// <summary>The first rule for the origin, the method and, of a preflight, all the headers.</summary>
    public CorsRule? Match(string origin, string method, ImmutableArray<string> headers)
    {
        foreach (var rule in Rules)
        {
            if (rule.Methods.Contains(method) && rule.Origins.Any(pattern => Like(pattern, origin, StringComparison.Ordinal))
                && headers.All(header => rule.Headers.Any(pattern => Like(pattern, header, StringComparison.OrdinalIgnoreCase))))
            {
                return rule;
            }
        }

        return null;
    }

    internal void Write(XmlOut xml)
    {
        xml.Open("CORSConfiguration", S3Xml.Namespace);
        foreach (var rule in Rules)
        {
            xml.Open("CORSRule").Optional("ID", rule.Id);
            Each(xml, "AllowedOrigin", rule.Origins);
            Each(xml, "AllowedMethod", rule.Methods);
            Each(xml, "AllowedHeader", rule.Headers);
            Each(xml, "ExposeHeader", rule.ExposeHeaders);
            xml.Optional("MaxAgeSeconds", rule.MaxAgeSeconds?.ToString(CultureInfo.InvariantCulture)).Close("CORSRule");
        }

        xml.Close("CORSConfiguration");
    }

    private static void Each(XmlOut xml, string element, ImmutableArray<string> texts)
    {
        foreach (var text in texts)
        {
            xml.Element(element, text);
        }
    }

    private static ImmutableArray<string> Texts(XmlTree rule, string name) => [.. rule.All(name).Select(child => child.Text)];

    /// <summary>One <c>*</c> stands for anything, also nothing.</summary>
    private static bool Like(string pattern, string text, StringComparison comparison)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? string.Equals(pattern, text, comparison)
            : text.Length >= pattern.Length - 1
                && text.StartsWith(pattern[..star], comparison)
                && text.EndsWith(pattern[(star + 1)..], comparison);
    }
}

public sealed record CorsRule(
    string? Id,
    ImmutableArray<string> Origins,
    ImmutableArray<string> Methods,
    ImmutableArray<string> Headers,
    ImmutableArray<string> ExposeHeaders,
    int? MaxAgeSeconds);
