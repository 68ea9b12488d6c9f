using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Keyless.Server.Aws;

/// <summary>
/// Verifies AWS Signature Version 4 and, for STS, 4A, from the header or presigned. IAM User Guide, "AWS Signature Version 4 for API requests".
/// In order: 1 the parts are there, 2 the scope fits, 3 the time fits, 4 the key is known, 5 what must be signed is,
/// 6 the signature is that of the canonical request. Streamed payloads are verified while they are read.
/// </summary>
/// <param name="noteUse">Told of every request that was signed rightly; must cost next to nothing.</param>
public sealed class SigV4(FindCredentials find, NoteUse? noteUse = null)
{
    private const int MaxCachedKeys = 4096;
    private const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly SearchValues<char> RegionLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    // A signing key holds for a day, region and service; deriving one costs four HMACs. By secret and not by key id: ids of temporary
    // credentials are random and may meet.
    private readonly ConcurrentDictionary<(string Secret, string Scope), byte[]> _keys = new();

    private readonly SigV4A _version4A = new();

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_canonical;

    /// <summary>Null when the request is signed rightly, or not at all and that is allowed; sets the caller.</summary>
    /// <param name="anyService">The signature may be for another service: for who sent it, not for what it may do.</param>
    public SignatureFault? Verify(AwsRequest request, SigningRules rules, bool optional, bool anyService = false)
    {
        if (optional && !SignedParts.ArePresent(request))
        {
            return null;
        }

        // 1
        var parts = SignedParts.Read(request, rules, out var fault);
        if (parts is null)
        {
            return fault;
        }

        // 2
        if (parts.Terminator != "aws4_request")
        {
            return new SignatureFault.Scope("terminator", "aws4_request", parts.Terminator, parts.ByQuery);
        }

        if (parts.Service != rules.Service && !anyService)
        {
            return new SignatureFault.Scope("service", rules.Service, parts.Service, parts.ByQuery);
        }

        // Any will do; its length and letters are bounded because signing keys are kept by it.
        if (parts.Region.Length > 64 || parts.Region.AsSpan().ContainsAnyExcept(RegionLetters))
        {
            return new SignatureFault.Scope("region", "us-east-1", parts.Region, parts.ByQuery);
        }

        if (!parts.AmzDate.StartsWith(parts.Date, StringComparison.Ordinal) || parts.Date.Length != 8)
        {
            return new SignatureFault.Scope("date", parts.AmzDate[..Math.Min(8, parts.AmzDate.Length)], parts.Date, parts.ByQuery);
        }

        // 3
        if (OutsideTime(parts, request.ReceivedAt, rules.Skew) is { } outside)
        {
            return outside;
        }

        // 4
        switch (find(parts.AccessKeyId, parts.SessionToken, request.ReceivedAt))
        {
            case CredentialLookup.Unknown unknown:
                return new SignatureFault.UnknownKey(parts.AccessKeyId, unknown.Reason, unknown.Mend);
            case CredentialLookup.BadToken bad:
                return new SignatureFault.BadToken(parts.AccessKeyId, bad.Reason, bad.Unreadable, bad.Mend);
            case CredentialLookup.Expired expired:
                return new SignatureFault.ExpiredToken(parts.AccessKeyId, expired.At);
            case CredentialLookup.Found found:
                return VerifySignature(request, rules, parts, found);
            default:
                throw new InvalidOperationException("no such lookup");
        }
    }

    private SignatureFault? VerifySignature(AwsRequest request, SigningRules rules, SignedParts parts, CredentialLookup.Found found)
    {
        // 5
        if (UnsignedHeaders(request, rules, parts) is { } unsigned)
        {
            return new SignatureFault.UnsignedHeaders(unsigned);
        }

        var contentSha256 = ContentSha256(request, parts, out var payloadFault);
        if (contentSha256 is null)
        {
            return payloadFault;
        }

        // 6
        var canonical = t_canonical ??= new ArrayBufferWriter<byte>(1024);
        canonical.ResetWrittenCount();
        if (!CanonicalRequest.Write(canonical, request, parts.SignedHeaders, contentSha256, rules.PathAsSent, parts.ByQuery))
        {
            return new SignatureFault.Incomplete("The request target is not percent-encoded.", parts.ByQuery) { Cause = "the path or the query of the request is not percent-encoded, so that nobody can sign it" };
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(canonical.WrittenSpan, hash);
        var stringToSign = $"{parts.AlgorithmName}\n{parts.AmzDate}\n{parts.Scope}\n{Convert.ToHexStringLower(hash)}";
        var key = parts.IsVersion4A ? [] : SigningKey(parts, found.Secret);
        if (!(parts.IsVersion4A ? _version4A.Matches(parts.AccessKeyId, found.Secret, stringToSign, parts.Signature) : Matches(key, stringToSign, parts.Signature)))
        {
            return new SignatureFault.Mismatch(
                parts.AccessKeyId, Encoding.UTF8.GetString(canonical.WrittenSpan), stringToSign, parts.Signature)
            {
                OtherPayload = request is QueryRequest && request.Header("x-amz-content-sha256") is { Length: > 0 } claimed && claimed != contentSha256
                    ? new SignatureFault.PayloadMismatch(claimed, contentSha256)
                    : null,
            };
        }

        noteUse?.Invoke(found.Caller, parts.AccessKeyId, request.ReceivedAt, parts.Region, parts.Service);
        request.Caller = found.Caller;
        request.Signature = new SignedWith(
            parts.AccessKeyId, parts.ByQuery, parts.Region, parts.Scope, parts.SignedAt, parts.AmzDate, key, parts.Signature, contentSha256);
        return null;
    }

    /// <summary>HMAC of the text, compared with the hex signature in constant time.</summary>
    internal static bool Matches(ReadOnlySpan<byte> key, string stringToSign, ReadOnlySpan<char> signature)
    {
        Span<byte> expected = stackalloc byte[32];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign), expected);
        Span<byte> provided = stackalloc byte[32];
        return signature.Length == 64
            && signature.IndexOfAnyInRange('A', 'F') < 0
            && Convert.FromHexString(signature, provided, out _, out var written) == OperationStatus.Done
            && written == 32
            && CryptographicOperations.FixedTimeEquals(expected, provided);
    }

    private static SignatureFault? OutsideTime(SignedParts parts, DateTimeOffset now, TimeSpan skew)
    {
        if (parts.Expires is not { } seconds)
        {
            return parts.SignedAt < now - skew || parts.SignedAt > now + skew ? new SignatureFault.Skewed(parts.SignedAt, now, skew) : null;
        }

        if (parts.SignedAt > now + skew)
        {
            return new SignatureFault.Skewed(parts.SignedAt, now, skew);
        }

        return parts.SignedAt.AddSeconds(seconds) < now ? new SignatureFault.PresignExpired(parts.SignedAt, seconds, now) : null;
    }

    private static string? UnsignedHeaders(AwsRequest request, SigningRules rules, SignedParts parts)
    {
        if (!IsSigned(parts.SignedHeaders, "host") && !IsSigned(parts.SignedHeaders, ":authority"))
        {
            return "Host";
        }

        if (parts is { IsVersion4A: true, ByQuery: false } && !IsSigned(parts.SignedHeaders, "x-amz-region-set"))
        {
            return "X-Amz-Region-Set";
        }

        if (!rules.PathAsSent)
        {
            return null;
        }

        // S3 wants every x-amz- header signed, so that nobody between can add an ACL or a tag.
        List<string>? names = null;
        foreach (var header in request.Http.Request.Headers)
        {
            if (header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !IsSigned(parts.SignedHeaders, header.Key.ToLowerInvariant())
                && !(parts.ByQuery && header.Key.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase)))
            {
                (names ??= []).Add(header.Key.ToLowerInvariant());
            }
        }

        return names is null ? null : string.Join(", ", names);
    }

    private static bool IsSigned(string signedHeaders, ReadOnlySpan<char> name)
    {
        foreach (var range in signedHeaders.AsSpan().Split(';'))
        {
            if (signedHeaders.AsSpan(range).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The payload hash of the canonical request: a form's own, whatever the client says of it; otherwise what the client says.</summary>
    private static string? ContentSha256(AwsRequest request, SignedParts parts, out SignatureFault? fault)
    {
        fault = null;
        if (request is QueryRequest query)
        {
            return query.Body.IsEmpty ? EmptySha256 : Convert.ToHexStringLower(SHA256.HashData(query.Body.Span));
        }

        var claimed = request.Header("x-amz-content-sha256");
        if (parts.ByQuery)
        {
            return QueryValue(request.Target.Query, "X-Amz-Content-Sha256=") ?? claimed ?? UnsignedPayload;
        }

        if (string.IsNullOrEmpty(claimed))
        {
            fault = new SignatureFault.Incomplete("Missing required header for this request: x-amz-content-sha256", ByQuery: false)
            {
                Cause = "the request has no `x-amz-content-sha256` header, which S3 wants of every signed request",
                Mend = "send the SHA-256 of the body in it, or `UNSIGNED-PAYLOAD`, and sign it",
            };
            return null;
        }

        return claimed;
    }

    private static string? QueryValue(string query, ReadOnlySpan<char> prefix)
    {
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            if (pair.StartsWith(prefix))
            {
                return Uri.UnescapeDataString(pair[prefix.Length..]);
            }
        }

        return null;
    }

    private byte[] SigningKey(SignedParts parts, Secret secret)
    {
        var id = (secret.Value, parts.Scope);
        if (_keys.TryGetValue(id, out var known))
        {
            return known;
        }

        var key = RequestSigner.SigningKey(secret, parts.Scope);
        if (_keys.Count >= MaxCachedKeys)
        {
            _keys.Clear();
        }

        _keys[id] = key;
        return key;
    }
}
