using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Keyless.Server.Storage;
using Keyless.Server.Sts.WebIdentity;

namespace Keyless.Server.Oidc;

/// <summary>One signing key of the issuer: RS256 with 2048 bits, as GitHub's.</summary>
/// <param name="Id">A lower-case UUID.</param>
/// <param name="Thumbprint">The header's <c>x5t</c>.</param>
/// <param name="Published">When it entered the JWKS.</param>
/// <param name="Retired">When it stopped signing; null while it signs or waits to.</param>
public sealed record SigningKey(string Id, string Thumbprint, RSA Rsa, DateTimeOffset Published, DateTimeOffset? Retired)
{
    /// <summary>The encoded JOSE header of its tokens: exactly alg, kid, typ, x5t.</summary>
    public byte[] Header { get; } = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
        $$"""{"alg":"RS256","kid":"{{Id}}","typ":"JWT","x5t":"{{Thumbprint}}"}""")));

    public override string ToString() => $"SigningKey {{ {Id} }}";
}

/// <summary>
/// The issuer's keys: one signs, one is published to sign next, retired ones stay published until every token and every cache has
/// forgotten them. Kept encrypted in one file, which every process of the data folder shares.
/// </summary>
/// <remarks>A key is published at least as long before it signs as the last rotation lies back, so a verifier's cache knows it already.</remarks>
public sealed class SigningKeys : IDisposable
{
    public const string FileName = "oidc-keys.json";

    /// <summary>How long a retired key stays published: a token's life and the longest cache, with room.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(48);

    private const string Purpose = "oidc signing keys";

    private readonly Lock _gate = new();
    private readonly string? _path;
    private readonly Secrets.MasterKey _master;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _rotateEvery;
    private ImmutableArray<SigningKey> _keys = [];
    private KeySet _published = KeySet.Empty;
    private DateTime _readAt;
    private DateTimeOffset _checkedAt;

    /// <param name="folder">The data folder; null keeps the keys in memory.</param>
    /// <param name="rotateEvery">The schedule; <see cref="Timeout.InfiniteTimeSpan"/> for on command only.</param>
    public SigningKeys(string? folder, Secrets.MasterKey master, TimeProvider clock, TimeSpan? rotateEvery = null, string fileName = FileName)
    {
        _path = folder is null ? null : Path.Combine(folder, fileName);
        _master = master;
        _clock = clock;
        _rotateEvery = rotateEvery ?? TimeSpan.FromDays(90);
    }

    /// <summary>The key that signs now.</summary>
    public SigningKey Current
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return Signing(_keys);
            }
        }
    }

    /// <summary>Every published key, the signing one first.</summary>
    public ImmutableArray<SigningKey> Published
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return [.. _keys.OrderBy(key => key.Retired is not null).ThenBy(key => key.Published)];
            }
        }
    }

    /// <summary>The published keys as a verifier uses them.</summary>
    public KeySet Verifying
    {
        get
        {
            lock (_gate)
            {
                Refresh();
                return _published;
            }
        }
    }

    /// <summary>The next key signs from now on; the one before stays published.</summary>
    /// <returns>For how long that key has been published: a verifier that looked less recently does not know it yet.</returns>
    public TimeSpan Rotate()
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            Refresh();
            Update(keys => Rotated(keys, now));
            return now - Signing(_keys).Published;
        }
    }

    /// <summary>A token: claims in their JSON form, signed by the current key.</summary>
    public string Sign(ReadOnlySpan<byte> payload)
    {
        var key = Current;
        var length = key.Header.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var token = new byte[length + 1 + Base64Url.GetEncodedLength(256)];
        key.Header.CopyTo(token, 0);
        token[key.Header.Length] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, token.AsSpan(key.Header.Length + 1), out _, out _);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(token.AsSpan(0, length), hash);
        Span<byte> signature = stackalloc byte[256];
        key.Rsa.SignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        token[length] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(length + 1), out _, out _);
        return Encoding.ASCII.GetString(token);
    }

    public void Dispose()
    {
        foreach (var key in _keys)
        {
            key.Rsa.Dispose();
        }
    }

    /// <summary>Reads what another process wrote, makes the first keys, rotates when it is time, forgets what is past its overlap.</summary>
    private void Refresh()
    {
        var now = _clock.GetUtcNow();
        if (_keys.IsEmpty || now - _checkedAt >= TimeSpan.FromSeconds(1) || now < _checkedAt)
        {
            RefreshAt(now);
        }
    }

    private void RefreshAt(DateTimeOffset now)
    {
        _checkedAt = now;
        ReadAgain();
        if (_keys.IsEmpty || IsDue(_keys, now))
        {
            // Under the lock the question is asked again: another process may have been first.
            Update(keys => keys.IsEmpty ? [Make(now), Make(now)] : IsDue(keys, now) ? Rotated(keys, now) : keys);
        }

        if (_keys.Any(key => IsPast(key, now)))
        {
            Set([.. _keys.Where(key => !IsPast(key, now))]);
        }
    }

    private bool IsDue(ImmutableArray<SigningKey> keys, DateTimeOffset now) => _rotateEvery > TimeSpan.Zero && now - SigningSince(keys) >= _rotateEvery;

    private static bool IsPast(SigningKey key, DateTimeOffset now) => key.Retired is { } retired && now - retired >= Overlap;

    /// <summary>Changes the keys of all processes of the folder: none writes over what another has just written.</summary>
    private void Update(Func<ImmutableArray<SigningKey>, ImmutableArray<SigningKey>> change)
    {
        if (_path is null)
        {
            Set(change(_keys));
            return;
        }

        using var alone = Storage.PrivateFile.Hold(_path);
        ReadAgain();
        var changed = change(_keys);
        if (changed != _keys)
        {
            Set(changed);
            Save(_path);
        }
    }

    private void ReadAgain()
    {
        if (_path is not null && File.Exists(_path) && File.GetLastWriteTimeUtc(_path) is var written && written != _readAt)
        {
            Set(Read(_path));
            _readAt = written;
        }
    }

    /// <summary>The oldest key that has not been retired.</summary>
    private static SigningKey Signing(ImmutableArray<SigningKey> keys) => keys.Where(key => key.Retired is null).MinBy(key => key.Published)!;

    /// <summary>When the signing key took over: when the one before it retired, or when there was none.</summary>
    private static DateTimeOffset SigningSince(ImmutableArray<SigningKey> keys) => keys.Max(key => key.Retired) ?? Signing(keys).Published;

    private static ImmutableArray<SigningKey> Rotated(ImmutableArray<SigningKey> keys, DateTimeOffset now)
    {
        var signing = Signing(keys);
        return [.. keys.Where(key => !IsPast(key, now)).Select(key => key.Id == signing.Id ? key with { Retired = now } : key), Make(now)];
    }

    private void Set(ImmutableArray<SigningKey> keys)
    {
        _keys = keys;
        _published = KeySet.Of(keys.Select(key => KeyValuePair.Create<string, VerificationKey>(key.Id, new VerificationKey.Rsa(RSA.Create(key.Rsa.ExportParameters(includePrivateParameters: false))))));
    }

    private static SigningKey Make(DateTimeOffset now)
    {
        var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=token signing", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now, now.AddYears(10));
        var id = SHA256.HashData(rsa.ExportSubjectPublicKeyInfo()).AsSpan(0, 16).ToArray();
        id[6] = (byte)((id[6] & 0x0f) | 0x50);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        return new SigningKey(new Guid(id, bigEndian: true).ToString(), Base64Url.EncodeToString(certificate.GetCertHash()), rsa, now, Retired: null);
    }

    private void Save(string path)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var key in _keys)
            {
                json.WriteStartObject();
                json.WriteString("kid", key.Id);
                json.WriteString("x5t", key.Thumbprint);
                json.WriteString("published", key.Published);
                if (key.Retired is { } retired)
                {
                    json.WriteString("retired", retired);
                }

                json.WriteBase64String("key", _master.Protect(Purpose, key.Rsa.ExportPkcs8PrivateKey()));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        PrivateFile.Replace(path, buffer.WrittenSpan);
        _readAt = File.GetLastWriteTimeUtc(path);
    }

    private ImmutableArray<SigningKey> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.EnumerateArray().Select(entry => Read(entry, path))];
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or CryptographicException)
        {
            throw new InvalidDataException($"`{path}` is damaged: restore it from a backup, or remove it to make new signing keys", damage);
        }
    }

    private SigningKey Read(JsonElement entry, string path)
    {
        var pkcs8 = _master.Unprotect(Purpose, entry.GetProperty("key").GetBytesFromBase64())
            ?? throw new InvalidDataException($"`{path}` was written under another master key: restore `master.key` beside it, or remove it to make new signing keys");
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        CryptographicOperations.ZeroMemory(pkcs8);
        return new SigningKey(
            entry.GetProperty("kid").GetString()!,
            entry.GetProperty("x5t").GetString()!,
            rsa,
            entry.GetProperty("published").GetDateTimeOffset(),
            entry.TryGetProperty("retired", out var retired) ? retired.GetDateTimeOffset() : null);
    }
}
