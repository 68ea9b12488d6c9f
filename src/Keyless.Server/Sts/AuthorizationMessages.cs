using System.Buffers.Text;
using System.Text;
using Keyless.Server.Secrets;

namespace Keyless.Server.Sts;

/// <summary>
/// Encoded authorization messages: a decision's detail that only those may read who may decode it. STS API Reference,
/// "DecodeAuthorizationMessage".
/// </summary>
public sealed class AuthorizationMessages(MasterKey master)
{
    private const string Purpose = "authorization messages";

    public string Encode(string json) => Base64Url.EncodeToString(master.Protect(Purpose, Encoding.UTF8.GetBytes(json)));

    /// <summary>The message, or null when it is none of ours.</summary>
    public string? Decode(string encoded) =>
        Keyless.Language.Oidc.Base64UrlText.Decode(encoded) is { } bytes && master.Unprotect(Purpose, bytes) is { } plain ? Encoding.UTF8.GetString(plain) : null;
}
