using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;

namespace Keyless.Server.S3;

/// <summary>
/// The body of an S3 request as the operation wants it: without <c>aws-chunked</c> framing, every hash, chunk signature, checksum and
/// length verified. Nothing read from it counts before <see cref="PayloadRead.IsEnd"/> came without an error.
/// S3 API Reference, "Signature Calculations: Transferring Payload in Multiple Chunks" and "... Including Trailing Headers".
/// </summary>
public sealed class Payload : IDisposable
{
    /// <summary>The longest line of a chunk header or trailer.</summary>
    public const int MaxLine = 4096;

    private const int MaxTrailers = 16;
    private const int MinSignedChunk = 8192;
    private const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly PipeReader _reader;
    private readonly Framing _framing;
    private readonly ChunkSignature? _signature;
    private readonly IncrementalHash? _sha256;
    private readonly string? _expectedSha256;
    private readonly ChecksumAlgorithm? _checksum;
    private readonly Digest? _digest;
    private readonly string? _trailerName;
    private readonly Dictionary<string, string> _trailers = new(StringComparer.OrdinalIgnoreCase);
    private string? _expectedChecksum;
    private State _state;
    private long _chunkRest;
    private long _length;
    private bool _smallChunk;
    private string? _chunkSignature;
    private ReadOnlySequence<byte> _given;
    private ReadOnlySequence<byte> _buffer;
    private bool _pending;

    private Payload(
        PipeReader reader, Framing framing, long? declaredLength, ChunkSignature? signature, string? expectedSha256, ChecksumAlgorithm? checksum,
        string? expectedChecksum, string? trailerName)
    {
        _reader = reader;
        _framing = framing;
        DeclaredLength = declaredLength;
        _signature = signature;
        _expectedSha256 = expectedSha256;
        _checksum = checksum;
        _digest = checksum?.Start();
        _expectedChecksum = expectedChecksum;
        _trailerName = trailerName;
        _sha256 = expectedSha256 is not null || signature is not null ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        _state = framing == Framing.Raw ? State.Data : State.Header;
    }

    private enum Framing
    {
        Raw,
        Unsigned,
        Signed,
    }

    private enum State
    {
        Header,
        Data,
        AfterData,
        Trailers,
        End,
    }

    /// <summary>The decoded length that the client announced; null when it did not.</summary>
    public long? DeclaredLength { get; }

    /// <summary>The checksum algorithm the client named, verified at the end; null for none.</summary>
    public ChecksumAlgorithm? Checksum => _checksum;

    /// <summary>The verified checksum in base64, after the end.</summary>
    public string? ChecksumValue { get; private set; }

    /// <summary>The body of a request, after its signature was verified; or why it cannot be read.</summary>
    public static (Payload? Payload, AwsError? Error) Open(AwsRequest request)
    {
        var content = request.Signature?.ContentSha256 ?? request.Header("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
        var streaming = content.StartsWith("STREAMING-", StringComparison.Ordinal);
        long? declared = streaming ? null : request.Http.Request.ContentLength;
        if (request.Header("x-amz-decoded-content-length") is { } decoded)
        {
            if (!long.TryParse(decoded, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            {
                return (null, new AwsError("InvalidArgument", 400, "x-amz-decoded-content-length must be a number of bytes"));
            }

            declared = streaming ? length : declared;
        }
        else if (streaming)
        {
            return (null, new AwsError("MissingContentLength", 411, "You must provide the Content-Length HTTP header."));
        }

        var trailer = request.Header("x-amz-trailer")?.Trim().ToLowerInvariant();
        var (checksum, expected, fault) = ChecksumOf(request, trailer);
        if (fault is not null)
        {
            return (null, fault);
        }

        switch (content)
        {
            case "UNSIGNED-PAYLOAD":
                return (new(request.Http.Request.BodyReader, Framing.Raw, declared, null, null, checksum, expected, null), null);
            case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
                return (new(request.Http.Request.BodyReader, Framing.Unsigned, declared, null, null, checksum, expected, trailer), null);
            case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" or "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" when request.Signature is { } signed:
                var withTrailer = content.EndsWith("-TRAILER", StringComparison.Ordinal);
                return (
                    new(
                        request.Http.Request.BodyReader, Framing.Signed, declared, new ChunkSignature(signed, withTrailer), null, checksum,
                        expected, withTrailer ? trailer : null),
                    null);
        }

        return streaming || content.Length != 64 || content.AsSpan().ContainsAnyExcept(LowerHex)
            ? (null, new AwsError(
                "InvalidArgument", 400,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
                + "STREAMING-UNSIGNED-PAYLOAD-TRAILER, or a valid sha256 value."))
            : (new(request.Http.Request.BodyReader, Framing.Raw, declared, null, content, checksum, expected, null), null);
    }

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>The next bytes, which stay valid until the next call.</summary>
    public async ValueTask<PayloadRead> Read(CancellationToken cancelled)
    {
        while (true)
        {
            Release();
            if (_state == State.End)
            {
                return Finish();
            }

            var result = await _reader.ReadAsync(cancelled);
            _buffer = result.Buffer;
            _pending = true;
            var (data, error) = Take(result.IsCompleted);
            if (error is not null)
            {
                Release();
                return new PayloadRead(default, IsEnd: true, error);
            }

            if (!data.IsEmpty)
            {
                return new PayloadRead(data, IsEnd: false, null);
            }
        }
    }

    /// <summary>The whole payload, for XML and JSON bodies.</summary>
    public async ValueTask<(byte[]? Body, AwsError? Error)> ReadAll(int limit, CancellationToken cancelled)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await Read(cancelled);
            if (read.Error is not null)
            {
                return (null, read.Error);
            }

            if (read.IsEnd)
            {
                return (body.WrittenSpan.ToArray(), null);
            }

            if (body.WrittenCount + read.Data.Length > limit)
            {
                return (null, new AwsError("MaxMessageLengthExceeded", 400, "Your request was too big."));
            }

            foreach (var segment in read.Data)
            {
                body.Write(segment.Span);
            }
        }
    }

    public void Dispose()
    {
        Release();
        _sha256?.Dispose();
        _digest?.Dispose();
    }

    private void Release()
    {
        if (_pending)
        {
            // What was not understood yet is examined, so that the pipe waits for more.
            _reader.AdvanceTo(_given.IsEmpty ? _buffer.Start : _given.End, _given.IsEmpty ? _buffer.End : _given.End);
            _pending = false;
            _given = default;
        }
    }

    /// <summary>Takes what can be taken from the buffer; <see cref="_given"/> is how far.</summary>
    private (ReadOnlySequence<byte> Data, AwsError? Error) Take(bool completed)
    {
        var rest = _buffer;
        while (true)
        {
            switch (_state)
            {
                case State.Data when _framing == Framing.Raw:
                    _given = rest;
                    if (rest.IsEmpty && completed)
                    {
                        _state = State.End;
                        return (default, null);
                    }

                    return (Count(rest), TooLong());

                case State.Data:
                    var available = rest.Slice(0, Math.Min(rest.Length, _chunkRest));
                    if (available.IsEmpty)
                    {
                        return (default, completed ? Incomplete() : null);
                    }

                    _chunkRest -= available.Length;
                    _given = _buffer.Slice(0, available.End);
                    if (_chunkRest == 0)
                    {
                        _state = State.AfterData;
                    }

                    return (Count(available), TooLong());

                case State.AfterData:
                    if (rest.Length < 2)
                    {
                        return (default, completed ? Incomplete() : null);
                    }

                    if (!StartsWithLineEnd(rest))
                    {
                        return (default, Malformed("a chunk is longer than its header says"));
                    }

                    rest = Step(rest, 2);
                    if (EndChunk() is { } mismatch)
                    {
                        return (default, mismatch);
                    }

                    _state = State.Header;
                    break;

                case State.Header:
                    if (!TryLine(rest, out var header, out var headerLength))
                    {
                        return (default, LineFault(rest, completed));
                    }

                    rest = Step(rest, headerLength);
                    if (BeginChunk(header) is { } malformed)
                    {
                        return (default, malformed);
                    }

                    break;

                case State.Trailers:
                    if (!TryLine(rest, out var line, out var lineLength))
                    {
                        // A client that ends right after its last trailer has said everything.
                        if (completed && rest.IsEmpty)
                        {
                            _state = State.End;
                            return (default, null);
                        }

                        return (default, LineFault(rest, completed));
                    }

                    rest = Step(rest, lineLength);
                    if (line.Length == 0)
                    {
                        _state = State.End;
                        return (default, null);
                    }

                    if (AddTrailer(line) is { } bad)
                    {
                        return (default, bad);
                    }

                    break;

                default:
                    return (default, null);
            }
        }
    }

    private ReadOnlySequence<byte> Step(ReadOnlySequence<byte> rest, long length)
    {
        rest = rest.Slice(length);
        _given = _buffer.Slice(0, rest.Start);
        return rest;
    }

    private ReadOnlySequence<byte> Count(ReadOnlySequence<byte> data)
    {
        _length += data.Length;
        if (_sha256 is not null || _digest is not null)
        {
            foreach (var segment in data)
            {
                _sha256?.AppendData(segment.Span);
                _digest?.Append(segment.Span);
            }
        }

        return data;
    }

    private AwsError? BeginChunk(string header)
    {
        var semicolon = header.IndexOf(';');
        var size = semicolon < 0 ? header : header[..semicolon];
        if (size.Length is 0 or > 15 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _chunkRest))
        {
            return Malformed($"`{Shown(size)}` is no chunk size in hexadecimal");
        }

        if (_framing == Framing.Signed)
        {
            const string field = "chunk-signature=";
            var at = header.IndexOf(field, StringComparison.Ordinal);
            if (at < 0)
            {
                return Malformed("a chunk has no chunk-signature");
            }

            _chunkSignature = header[(at + field.Length)..];
            if (_smallChunk && _chunkRest > 0)
            {
                return new AwsError("InvalidChunkSizeError", 403, "Only the last chunk is allowed to have a size less than 8192 bytes");
            }

            _smallChunk = _chunkRest < MinSignedChunk;
        }

        if (_chunkRest > 0)
        {
            _state = State.Data;
            return null;
        }

        _state = State.Trailers;
        return EndChunk();
    }

    private AwsError? EndChunk()
    {
        if (_signature is null)
        {
            return null;
        }

        var hash = Convert.ToHexStringLower(_sha256!.GetHashAndReset());
        return _signature.VerifyChunk(hash, _chunkSignature!)
            ? null
            : new AwsError("SignatureDoesNotMatch", 403, "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
            {
                Reason = "the signature of a chunk of the body does not match: it was changed on the way, or signed in another order",
            };
    }

    private AwsError? AddTrailer(string line)
    {
        var colon = line.IndexOf(':');
        if (colon <= 0 || _trailers.Count >= MaxTrailers)
        {
            return MalformedTrailer($"`{Shown(line)}` is no trailer of the form name:value");
        }

        _trailers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        return null;
    }

    private PayloadRead Finish()
    {
        var error = FinishError();
        return new PayloadRead(default, IsEnd: true, error);
    }

    private AwsError? FinishError()
    {
        if (DeclaredLength is { } declared && declared != _length)
        {
            return Incomplete();
        }

        if (_expectedSha256 is not null && ChecksumValue is null)
        {
            var actual = Convert.ToHexStringLower(_sha256!.GetCurrentHash());
            if (actual != _expectedSha256)
            {
                return new S3Signing().Error(new SignatureFault.PayloadMismatch(_expectedSha256, actual));
            }
        }

        if (_trailerName is not null && !_trailers.TryGetValue(_trailerName, out _expectedChecksum))
        {
            return MalformedTrailer($"`x-amz-trailer` names `{_trailerName}`, which did not come");
        }

        if (_signature is { WithTrailer: true }
            && !_signature.VerifyTrailer(_trailers.Where(trailer => !trailer.Key.Equals("x-amz-trailer-signature", StringComparison.OrdinalIgnoreCase)), _trailers.GetValueOrDefault("x-amz-trailer-signature") ?? ""))
        {
            return new AwsError("SignatureDoesNotMatch", 403, "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
            {
                Reason = "the signature of the trailer does not match",
            };
        }

        if (_checksum is not null)
        {
            ChecksumValue ??= Convert.ToBase64String(_digest!.Finish());
            if (_expectedChecksum is not null && _expectedChecksum != ChecksumValue)
            {
                return _checksum.Parse(_expectedChecksum) is null
                    ? InvalidChecksum(_checksum)
                    : new AwsError("BadDigest", 400, $"The {_checksum.Name} you specified did not match the calculated checksum.")
                    {
                        Reason = $"`{_checksum.Header}` is `{_expectedChecksum}`, of the bytes that arrived it is `{ChecksumValue}`",
                        Mend = "compute it over exactly the bytes that are sent, in base64, or leave it out",
                    };
            }
        }

        return null;
    }

    /// <summary>The checksum that headers or trailer announce: at most one algorithm.</summary>
    private static (ChecksumAlgorithm? Checksum, string? Expected, AwsError? Error) ChecksumOf(AwsRequest request, string? trailer)
    {
        ChecksumAlgorithm? checksum = null;
        string? expected = null;
        foreach (var candidate in ChecksumAlgorithm.All)
        {
            var value = request.Header(candidate.Header);
            if (value is null && trailer != candidate.Header)
            {
                continue;
            }

            if (checksum is not null)
            {
                return (null, null, new AwsError("InvalidRequest", 400, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."));
            }

            (checksum, expected) = (candidate, value?.Trim());
        }

        if (trailer is not null && checksum is null)
        {
            return (null, null, new AwsError("InvalidRequest", 400, "The value specified in the x-amz-trailer header is not supported"));
        }

        return expected is not null && checksum!.Parse(expected) is null ? (null, null, InvalidChecksum(checksum)) : (checksum, expected, null);
    }

    private static bool StartsWithLineEnd(ReadOnlySequence<byte> rest)
    {
        Span<byte> two = stackalloc byte[2];
        rest.Slice(0, 2).CopyTo(two);
        return two.SequenceEqual("\r\n"u8);
    }

    private static bool TryLine(ReadOnlySequence<byte> rest, out string line, out long length)
    {
        line = "";
        length = 0;
        if (rest.Slice(0, Math.Min(rest.Length, MaxLine)).PositionOf((byte)'\n') is not { } end)
        {
            return false;
        }

        var bytes = rest.Slice(0, end);
        length = bytes.Length + 1;
        line = Encoding.UTF8.GetString(bytes).TrimEnd('\r');
        return true;
    }

    private static AwsError? LineFault(ReadOnlySequence<byte> rest, bool completed) =>
        rest.Length >= MaxLine ? Malformed($"a chunk header or trailer is longer than {MaxLine} bytes") : completed ? Incomplete() : null;

    // A body that goes on past what was announced is not read further.
    private AwsError? TooLong() => DeclaredLength is { } declared && _length > declared ? Incomplete() : null;

    private static string Shown(string text) => text.Length > 40 ? text[..40] + "..." : text;

    private static AwsError Incomplete() =>
        new("IncompleteBody", 400, "You did not provide the number of bytes specified by the Content-Length HTTP header");

    private static AwsError Malformed(string reason) =>
        new("InvalidRequest", 400, "The aws-chunked body is malformed: " + reason + ".") { Reason = reason };

    private static AwsError MalformedTrailer(string reason) => new(
        "MalformedTrailerError", 400,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.") { Reason = reason };

    private static AwsError InvalidChecksum(ChecksumAlgorithm checksum) => new("InvalidRequest", 400, $"Value for {checksum.Header} header is invalid.");

    /// <summary>The chain of chunk signatures: each signs its chunk and the signature before it.</summary>
    private sealed class ChunkSignature(SignedWith signed, bool withTrailer)
    {
        private string _previous = signed.Signature;

        public bool WithTrailer => withTrailer;

        public bool VerifyChunk(string sha256, string signature)
        {
            var toSign = $"AWS4-HMAC-SHA256-PAYLOAD\n{signed.AmzDate}\n{signed.Scope}\n{_previous}\n{EmptySha256}\n{sha256}";
            _previous = signature;
            return SigV4.Matches(signed.SigningKey, toSign, signature);
        }

        public bool VerifyTrailer(IEnumerable<KeyValuePair<string, string>> trailers, string signature)
        {
            var lines = string.Concat(trailers.Select(trailer => $"{trailer.Key.ToLowerInvariant()}:{trailer.Value}\n"));
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
            return SigV4.Matches(
                signed.SigningKey, $"AWS4-HMAC-SHA256-TRAILER\n{signed.AmzDate}\n{signed.Scope}\n{_previous}\n{sha256}", signature);
        }
    }
}

/// <summary>Bytes of a payload, or its end with what was found wrong.</summary>
public readonly record struct PayloadRead(ReadOnlySequence<byte> Data, bool IsEnd, AwsError? Error);
