using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Aws;

/// <summary>The parts of a Signature Version 4 or 4A as sent, in a header or in a presigned URL; nothing in it is verified yet.</summary>
internal sealed record SignedParts
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Version 4A: the scope has no region, and a region set stands beside it.</summary>
    public required bool IsVersion4A { get; init; }

    public required bool ByQuery { get; init; }

    public required string AccessKeyId { get; init; }

    /// <summary><c>yyyyMMdd</c> of the credential scope.</summary>
    public required string Date { get; init; }

    /// <summary>Of the credential scope. In version 4A the region set's first, or <c>us-east-1</c> where that is a pattern.</summary>
    public required string Region { get; init; }

    public required string Service { get; init; }

    public required string Terminator { get; init; }

    /// <summary>Lower-case names joined by semicolons, as sent: its order is the canonical one.</summary>
    public required string SignedHeaders { get; init; }

    public required string Signature { get; init; }

    /// <summary>The moment as it stands in the string to sign.</summary>
    public required string AmzDate { get; init; }

    public required DateTimeOffset SignedAt { get; init; }

    /// <summary>Seconds a presigned URL lives; null for headers.</summary>
    public int? Expires { get; init; }

    public string? SessionToken { get; init; }

    public string Scope => IsVersion4A ? $"{Date}/{Service}/{Terminator}" : $"{Date}/{Region}/{Service}/{Terminator}";

    /// <summary>The first line of the string to sign.</summary>
    public string AlgorithmName => IsVersion4A ? SigV4A.Algorithm : Algorithm;

    /// <summary>Whether the request carries any signature, of whatever version.</summary>
    public static bool ArePresent(AwsRequest request) => ArePresent(request.Http, request.Target.Query);

    public static bool ArePresent(HttpContext http, string query) =>
        http.Request.Headers.Authorization.Count > 0
        || query.Contains("X-Amz-Algorithm=", StringComparison.Ordinal)
        || query.Contains("X-Amz-Signature=", StringComparison.Ordinal)
        || query.Contains("X-Amz-Credential=", StringComparison.Ordinal)
        || query.Contains("AWSAccessKeyId=", StringComparison.Ordinal);

    public static SignedParts? Read(AwsRequest request, SigningRules rules, out SignatureFault? fault)
    {
        var authorization = request.Header("Authorization");
        return string.IsNullOrEmpty(authorization) ? ReadQuery(request, rules, out fault) : ReadHeader(request, rules, authorization, out fault);
    }

    private static SignedParts? ReadHeader(AwsRequest request, SigningRules rules, string authorization, out SignatureFault? fault)
    {
        var algorithm = authorization.AsSpan(0, authorization.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var space ? space : authorization.Length);
        var isVersion4A = rules.TakesVersion4A && algorithm.SequenceEqual(SigV4A.Algorithm);
        if (!isVersion4A && !algorithm.SequenceEqual(Algorithm))
        {
            fault = new SignatureFault.Unsupported(Unsupported(authorization));
            return null;
        }

        string? credential = null, signedHeaders = null, signature = null;
        var parts = authorization.AsSpan(algorithm.Length);
        foreach (var range in parts.Split(','))
        {
            var part = parts[range].Trim();
            if (part.StartsWith("Credential="))
            {
                credential = part["Credential=".Length..].ToString();
            }
            else if (part.StartsWith("SignedHeaders="))
            {
                signedHeaders = part["SignedHeaders=".Length..].ToString();
            }
            else if (part.StartsWith("Signature="))
            {
                signature = part["Signature=".Length..].ToString();
            }
        }

        var amzDate = request.Header("X-Amz-Date");
        var moment = amzDate is not null ? ParseBasic(amzDate) : ParseHttpDate(request.Header("Date"));
        var lacking = new List<string>();
        LackIf(string.IsNullOrEmpty(credential), "`Authorization` without `Credential`");
        LackIf(string.IsNullOrEmpty(signature), "`Authorization` without `Signature`");
        LackIf(string.IsNullOrEmpty(signedHeaders), "`Authorization` without `SignedHeaders`");
        void LackIf(bool condition, string what)
        {
            if (condition)
            {
                lacking.Add(what);
            }
        }

        var missing = "";
        missing += string.IsNullOrEmpty(credential) ? "Authorization header requires 'Credential' parameter. " : "";
        missing += string.IsNullOrEmpty(signature) ? "Authorization header requires 'Signature' parameter. " : "";
        missing += string.IsNullOrEmpty(signedHeaders) ? "Authorization header requires 'SignedHeaders' parameter. " : "";
        if (moment is null)
        {
            missing += amzDate is null && request.Header("Date") is null
                ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                : $"Date must be in ISO-8601 'basic format'. Got '{amzDate ?? request.Header("Date")}'. See http://en.wikipedia.org/wiki/ISO_8601 ";
            lacking.Add((amzDate ?? request.Header("Date")) is { } odd ? $"the date `{OneLine.Of(odd, 40)}`, which is not of the form `20260131T120000Z`" : "neither `X-Amz-Date` nor `Date`");
        }

        var regions = isVersion4A ? request.Header("X-Amz-Region-Set") : null;
        if (isVersion4A && string.IsNullOrEmpty(regions))
        {
            missing += "Authorization header requires existence of a 'X-Amz-Region-Set' header. ";
            lacking.Add("no `X-Amz-Region-Set`, which Signature Version 4A needs");
        }

        if (missing.Length > 0)
        {
            fault = new SignatureFault.Incomplete(missing.TrimEnd(), ByQuery: false) { Cause = $"the signed request has {string.Join(", and ", lacking)}" };
            return null;
        }

        return Assemble(
            request, credential!, signedHeaders!, signature!,
            amzDate ?? moment!.Value.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
            moment!.Value, expires: null, request.Header("X-Amz-Security-Token"), regions, byQuery: false, out fault);
    }

    private static SignedParts? ReadQuery(AwsRequest request, SigningRules rules, out SignatureFault? fault)
    {
        if (!ArePresent(request))
        {
            fault = new SignatureFault.Missing();
            return null;
        }

        string? algorithm = null, credential = null, date = null, expires = null, signedHeaders = null, signature = null, token = null, regions = null;
        var version2 = false;
        var query = request.Target.Query;
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            var equals = pair.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var value = pair[(equals + 1)..];
            switch (pair[..equals])
            {
                case "X-Amz-Algorithm": algorithm = Uri.UnescapeDataString(value); break;
                case "X-Amz-Credential": credential = Uri.UnescapeDataString(value); break;
                case "X-Amz-Date": date = Uri.UnescapeDataString(value); break;
                case "X-Amz-Expires": expires = Uri.UnescapeDataString(value); break;
                case "X-Amz-SignedHeaders": signedHeaders = Uri.UnescapeDataString(value); break;
                case "X-Amz-Signature": signature = Uri.UnescapeDataString(value); break;
                case "X-Amz-Security-Token": token = Uri.UnescapeDataString(value); break;
                case "X-Amz-Region-Set": regions = Uri.UnescapeDataString(value); break;
                case "AWSAccessKeyId": version2 = true; break;
            }
        }

        if (version2 && algorithm is null)
        {
            fault = new SignatureFault.Unsupported(
                "The request is presigned with Signature Version 2; please use AWS4-HMAC-SHA256: "
                + "set `s3.signature_version = s3v4` in the AWS configuration, or use AWS CLI v2.");
            return null;
        }

        var isVersion4A = rules.TakesVersion4A && algorithm == SigV4A.Algorithm;
        if (algorithm is not null && algorithm != Algorithm && !isVersion4A)
        {
            fault = new SignatureFault.Unsupported(Unsupported(algorithm));
            return null;
        }

        var moment = ParseBasic(date);
        var missing = new List<string>();
        AddIf(string.IsNullOrEmpty(algorithm), "X-Amz-Algorithm");
        AddIf(string.IsNullOrEmpty(credential), "X-Amz-Credential");
        AddIf(string.IsNullOrEmpty(signature), "X-Amz-Signature");
        AddIf(moment is null, "X-Amz-Date");
        AddIf(string.IsNullOrEmpty(signedHeaders), "X-Amz-SignedHeaders");
        AddIf(isVersion4A && string.IsNullOrEmpty(regions), "X-Amz-Region-Set");
        // Only S3 insists on an expiry; presigned GetCallerIdentity may leave it out.
        AddIf(expires is null && request is not QueryRequest, "X-Amz-Expires");
        void AddIf(bool condition, string name)
        {
            if (condition)
            {
                missing.Add(name);
            }
        }

        if (missing.Count > 0)
        {
            fault = new SignatureFault.Incomplete(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, "
                + $"X-Amz-SignedHeaders, and X-Amz-Expires parameters. Missing or malformed: {string.Join(", ", missing)}.",
                ByQuery: true) { Cause = $"the presigned URL lacks {string.Join(", ", missing.Select(name => $"`{name}`"))}, or has it malformed" };
            return null;
        }

        var seconds = 900;
        if (expires is not null && (!int.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds > 604800))
        {
            fault = new SignatureFault.Incomplete(
                int.TryParse(expires, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    ? number < 0
                        ? "X-Amz-Expires must be non-negative"
                        : "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
                    : "X-Amz-Expires should be a number",
                ByQuery: true)
            {
                Cause = $"the presigned URL has `X-Amz-Expires={(expires.Length <= 24 ? expires : expires[..24] + "...")}`, where 0 to 604800 seconds (7 days) are allowed",
                Mend = "presign for at most 604800 seconds (`aws s3 presign --expires-in 604800`); a URL signed with a session's key ends with the session all the same",
            };
            return null;
        }

        return Assemble(request, credential!, signedHeaders!, signature!, date!, moment!.Value, seconds, token, isVersion4A ? regions : null, byQuery: true, out fault);
    }

    private static SignedParts? Assemble(
        AwsRequest request, string credential, string signedHeaders, string signature, string amzDate, DateTimeOffset moment,
        int? expires, string? token, string? regions, bool byQuery, out SignatureFault? fault)
    {
        // An access key id has no slash, a scope has exactly four parts, of which version 4A has no region.
        var scope = credential.Split('/');
        var parts = regions is null ? 5 : 4;
        if (scope.Length != parts || scope.Any(part => part.Length == 0))
        {
            fault = new SignatureFault.Incomplete(
                $"Credential must have exactly {parts} slash-delimited elements, e.g. keyid/date/{(regions is null ? "region/" : "")}service/term, got '{credential}'", byQuery)
            {
                Cause = $"the `Credential` is `{OneLine.Of(credential, 80)}`, which has {scope.Length} parts, not the {parts} of `KEYID/DATE/{(regions is null ? "REGION/" : "")}SERVICE/aws4_request`",
            };
            return null;
        }

        fault = null;
        return new SignedParts
        {
            IsVersion4A = regions is not null,
            ByQuery = byQuery,
            AccessKeyId = scope[0],
            Date = scope[1],
            Region = regions is null ? scope[2] : FirstOf(regions),
            Service = scope[^2],
            Terminator = scope[^1],
            SignedHeaders = signedHeaders,
            Signature = signature,
            AmzDate = amzDate,
            SignedAt = moment,
            Expires = expires,
            SessionToken = string.IsNullOrEmpty(token) ? null : token,
        };
    }

    private static string FirstOf(string regions)
    {
        var first = regions.Split(',')[0].Trim();
        return first.Length == 0 || first.Contains('*', StringComparison.Ordinal) ? "us-east-1" : first;
    }

    private static string Unsupported(string algorithm)
    {
        var name = algorithm.Split(' ')[0];
        return name switch
        {
            SigV4A.Algorithm =>
                "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported here, only by STS; sign with AWS4-HMAC-SHA256 for one region: "
                + "set `sigv4a_signing_region_set` to nothing and the authentication scheme preference to `sigv4`.",
            "AWS" => "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
            _ => $"Unsupported AWS 'algorithm': '{name}'. Please use AWS4-HMAC-SHA256.",
        };
    }

    private static DateTimeOffset? ParseBasic(string? text) =>
        DateTimeOffset.TryParseExact(
            text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : null;

    private static DateTimeOffset? ParseHttpDate(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : ParseBasic(text);
}
