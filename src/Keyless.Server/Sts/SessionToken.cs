using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.Secrets;

namespace Keyless.Server.Sts;

/// <summary>
/// What <see cref="SessionToken.Seal(Session, SealedSession)"/> gives, as ASCII: the token and the secret that belongs to it. An instance
/// may be filled again.
/// </summary>
public sealed class SealedSession
{
    internal const int SecretLength = 40;

    private byte[] _token = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Token => _token.AsSpan(0, _length);

    public ReadOnlySpan<byte> SecretAccessKey => Secret;

    internal byte[] Secret { get; } = new byte[SecretLength];

    public override string ToString() => "***";

    internal void SetToken(ReadOnlySpan<byte> sealedBytes)
    {
        var length = Base64Url.GetEncodedLength(sealedBytes.Length);
        if (_token.Length < length)
        {
            _token = new byte[length];
        }

        _length = Base64Url.EncodeToUtf8(sealedBytes, _token);
    }
}

/// <summary>What a session token turns out to be.</summary>
public abstract record OpenedSession
{
    private OpenedSession()
    {
    }

    public sealed record Valid(Session Session, string SecretAccessKey) : OpenedSession
    {
        public override string ToString() => $"Valid {{ {Session.Arn} }}";
    }

    public sealed record Expired(Session Session) : OpenedSession;

    /// <param name="Reason">Damaged, foreign, of another access key: for the log, never for the wire.</param>
    public sealed record Invalid(string Reason) : OpenedSession
    {
        /// <summary>It is a session token, but not the one that belongs to the access key id.</summary>
        public bool OfAnotherKey { get; init; }
    }
}

/// <summary>
/// Session tokens: the whole <see cref="Session"/>, encrypted and authenticated with AES-256-GCM, so that sessions are stored nowhere
/// and any node of the installation can serve them.
/// </summary>
/// <remarks>
/// Token: version (1), key epoch (4), nonce (12), ciphertext, tag (16), in base64url. The first five bytes are authenticated.
/// The sealing key is derived anew for each epoch of 30 days, so keys rotate without being stored. The secret access key is
/// derived from the nonce: it is in no token and in no table.
/// </remarks>
public sealed class SessionToken(MasterKey master) : IDisposable
{
    private const byte Version = 1;
    private const int HeaderLength = 17;
    private const int TagLength = 16;
    private const int LongestToken = 16_384;
    private static readonly TimeSpan EpochLength = TimeSpan.FromDays(30);

    // AesGcm holds a cipher context, which one thread may use at a time.
    private readonly ThreadLocal<Dictionary<int, AesGcm>> _ciphers = new(() => []);
    private readonly ThreadLocal<IncrementalHash> _secrets = new(
        () => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, master.Derive("session secrets")), trackAllValues: true);

    /// <summary>Seals a session whose <see cref="Session.AccessKeyId"/> is set.</summary>
    public SealedSession Seal(Session session)
    {
        var made = new SealedSession();
        Seal(session, made);
        return made;
    }

    /// <summary>Seals a session into <paramref name="made"/>, whose earlier content is gone.</summary>
    public void Seal(Session session, SealedSession made)
    {
        Span<byte> scratch = stackalloc byte[2048];
        var writer = new SessionWriter(scratch);
        Write(ref writer, session);
        var plain = writer.Written;

        var length = HeaderLength + plain.Length + TagLength;
        var sealedBytes = length <= 2048 ? stackalloc byte[length] : new byte[length];
        var epoch = EpochOf(session.IssuedAt);
        sealedBytes[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(sealedBytes[1..], epoch);
        var nonce = sealedBytes.Slice(5, 12);
        RandomBytes.Fill(nonce);
        Cipher(epoch).Encrypt(nonce, plain, sealedBytes.Slice(HeaderLength, plain.Length), sealedBytes[^TagLength..], sealedBytes[..5]);
        made.SetToken(sealedBytes);
        WriteSecret(nonce, made.Secret);
    }

    /// <summary>Opens a token presented with an access key id.</summary>
    public OpenedSession Open(string accessKeyId, string token, DateTimeOffset now)
    {
        if (token.Length > LongestToken)
        {
            return new OpenedSession.Invalid("the session token is too long to be ours");
        }

        var bytes = Keyless.Language.Oidc.Base64UrlText.Decode(token);
        if (bytes is null || bytes.Length < HeaderLength + TagLength)
        {
            return new OpenedSession.Invalid("the session token is cut off or was changed: it is no base64url text of a token's length");
        }

        if (bytes[0] != Version)
        {
            return new OpenedSession.Invalid($"the session token has format {bytes[0]}; this server writes and reads format {Version}");
        }

        var epoch = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1));
        if (epoch < 0 || epoch > EpochOf(now) + 1)
        {
            return new OpenedSession.Invalid("the session token names a key that does not exist yet: it was changed or another installation made it");
        }

        var nonce = bytes.AsSpan(5, 12);
        var plain = new byte[bytes.Length - HeaderLength - TagLength];
        try
        {
            Cipher(epoch).Decrypt(nonce, bytes.AsSpan(HeaderLength, plain.Length), bytes.AsSpan(bytes.Length - TagLength), plain, bytes.AsSpan(0, 5));
        }
        catch (AuthenticationTagMismatchException)
        {
            return new OpenedSession.Invalid("the session token was changed, cut off, or made by another installation: its seal does not verify");
        }

        var session = Read(plain);
        if (session.AccessKeyId != accessKeyId)
        {
            return new OpenedSession.Invalid($"the session token belongs to access key `{session.AccessKeyId}` and was presented with `{accessKeyId}`") { OfAnotherKey = true };
        }

        return session.Expires <= now
            ? new OpenedSession.Expired(session)
            : new OpenedSession.Valid(session, Secret(nonce));
    }

    public void Dispose()
    {
        _ciphers.Dispose();
        foreach (var hmac in _secrets.Values)
        {
            hmac.Dispose();
        }

        _secrets.Dispose();
    }

    private static int EpochOf(DateTimeOffset instant) => (int)(instant.ToUnixTimeSeconds() / (long)EpochLength.TotalSeconds);

    private AesGcm Cipher(int epoch)
    {
        var ciphers = _ciphers.Value!;
        if (!ciphers.TryGetValue(epoch, out var cipher))
        {
            if (ciphers.Count > 16)
            {
                // Forged tokens may name any past epoch: forget rather than grow.
                ciphers.Clear();
            }

            cipher = new AesGcm(master.Derive($"session tokens of epoch {epoch}"), TagLength);
            ciphers.Add(epoch, cipher);
        }

        return cipher;
    }

    /// <summary>40 letters and digits: the base64 alphabet without <c>/</c> and <c>+</c>, which break tools that do not quote.</summary>
    private void WriteSecret(ReadOnlySpan<byte> nonce, Span<byte> secret)
    {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8;
        Span<byte> input = stackalloc byte[13];
        Span<byte> random = stackalloc byte[64];
        var hmac = _secrets.Value!;
        nonce.CopyTo(input);
        var filled = 0;
        for (byte round = 0; filled < secret.Length; round++)
        {
            input[12] = round;
            hmac.AppendData(input);
            hmac.GetHashAndReset(random);
            foreach (var value in random)
            {
                // Values above the last multiple of 62 would favour some letters.
                if (value < 248 && filled < secret.Length)
                {
                    secret[filled++] = alphabet[value % 62];
                }
            }
        }
    }

    private string Secret(ReadOnlySpan<byte> nonce)
    {
        Span<byte> secret = stackalloc byte[SealedSession.SecretLength];
        WriteSecret(nonce, secret);
        return Encoding.ASCII.GetString(secret);
    }

    private static void Write(ref SessionWriter writer, Session session)
    {
        writer.Number((int)session.Kind);
        writer.Text(session.Account);
        writer.Text(session.Arn);
        writer.Text(session.UserId);
        writer.Text(session.AccessKeyId);
        writer.Number(session.IssuedAt.ToUnixTimeSeconds());
        writer.Number(session.Expires.ToUnixTimeSeconds());
        writer.Text(session.RoleArn);
        writer.Text(session.RoleId);
        writer.Text(session.GrantedBy);
        writer.Number(session.Chained ? 1 : 0);
        writer.Text(session.Policy);
        writer.Number(session.PolicyArns.Length);
        foreach (var arn in session.PolicyArns)
        {
            writer.Text(arn);
        }

        writer.Pairs(session.Tags);
        writer.Number(session.TransitiveTagKeys.Length);
        foreach (var key in session.TransitiveTagKeys)
        {
            writer.Text(key);
        }

        writer.Text(session.SourceIdentity);
        writer.Text(session.FederatedProvider);
        writer.Pairs(session.WebIdentityKeys);
    }

    private static Session Read(ReadOnlySpan<byte> plain)
    {
        var reader = new SessionReader(plain);
        return new Session
        {
            Kind = (SessionKind)reader.Number(),
            Account = reader.Text()!,
            Arn = reader.Text()!,
            UserId = reader.Text()!,
            AccessKeyId = reader.Text()!,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(reader.Number()),
            Expires = DateTimeOffset.FromUnixTimeSeconds(reader.Number()),
            RoleArn = reader.Text(),
            RoleId = reader.Text(),
            GrantedBy = reader.Text(),
            Chained = reader.Number() == 1,
            Policy = reader.Text(),
            PolicyArns = reader.Texts(),
            Tags = reader.Pairs(),
            TransitiveTagKeys = reader.Texts(),
            SourceIdentity = reader.Text(),
            FederatedProvider = reader.Text(),
            WebIdentityKeys = reader.Pairs(),
        };
    }
}

/// <summary>Writes numbers in 7-bit groups and texts with their length, growing off the stack when needed.</summary>
internal ref struct SessionWriter(Span<byte> buffer)
{
    private Span<byte> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Number(long value)
    {
        Reserve(10);
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            _buffer[_length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        _buffer[_length++] = (byte)rest;
    }

    /// <summary>Null is length 0, a text of n bytes is length n + 1.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Number(0);
            return;
        }

        var count = Encoding.UTF8.GetByteCount(text);
        Number(count + 1);
        Reserve(count);
        Encoding.UTF8.GetBytes(text, _buffer[_length..]);
        _length += count;
    }

    public void Pairs(ImmutableArray<KeyValuePair<string, string>> pairs)
    {
        Number(pairs.Length);
        foreach (var (key, value) in pairs)
        {
            Text(key);
            Text(value);
        }
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length >= count)
        {
            return;
        }

        var larger = new byte[Math.Max(_buffer.Length * 2, _length + count)];
        _buffer[.._length].CopyTo(larger);
        _buffer = larger;
    }
}

/// <summary>Reads what <see cref="SessionWriter"/> wrote; the seal has been verified, so the shape is right.</summary>
internal ref struct SessionReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return (long)value;
            }
        }
    }

    public string? Text()
    {
        var length = (int)Number() - 1;
        if (length < 0)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }

    public ImmutableArray<string> Texts()
    {
        var count = (int)Number();
        var texts = ImmutableArray.CreateBuilder<string>(count);
        for (var i = 0; i < count; i++)
        {
            texts.Add(Text()!);
        }

        return texts.MoveToImmutable();
    }

    public ImmutableArray<KeyValuePair<string, string>> Pairs()
    {
        var count = (int)Number();
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(count);
        for (var i = 0; i < count; i++)
        {
            pairs.Add(new KeyValuePair<string, string>(Text()!, Text()!));
        }

        return pairs.MoveToImmutable();
    }
}
