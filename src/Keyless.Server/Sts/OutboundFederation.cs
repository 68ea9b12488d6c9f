using System.Collections.Immutable;
using System.Text;
using Keyless.Server.Storage;

namespace Keyless.Server.Sts;

/// <summary>
/// Which accounts vend tokens to services outside, kept in one small file. IAM User Guide, "Federating AWS identities to external
/// services".
/// </summary>
/// <param name="folder">The data folder; null keeps it in memory.</param>
/// <param name="issuerOf">The issuer of an account's tokens.</param>
public sealed class OutboundFederation(string? folder, Func<string, string> issuerOf)
{
    private readonly Lock _gate = new();
    private readonly string? _path = folder is null ? null : Path.Combine(folder, "outbound-accounts");
    private ImmutableHashSet<string>? _enabled;
    private string? _issuers;

    public string IssuerOf(string account) => issuerOf(account);

    /// <summary>Whether an issuer is one of this installation's, of whatever account: they differ in the last part only.</summary>
    public bool IsOurs(string issuer)
    {
        var issuers = _issuers ??= issuerOf("")[..(issuerOf("").LastIndexOf('/') + 1)];
        return issuer.StartsWith(issuers, StringComparison.Ordinal) && Guid.TryParseExact(issuer.AsSpan(issuers.Length), "D", out _);
    }

    public bool IsEnabled(string account)
    {
        lock (_gate)
        {
            return Enabled.Contains(account);
        }
    }

    /// <summary>False when that is what it already was.</summary>
    public bool Set(string account, bool enabled)
    {
        lock (_gate)
        {
            var changed = enabled ? Enabled.Add(account) : Enabled.Remove(account);
            if (changed == Enabled)
            {
                return false;
            }

            if (_path is not null)
            {
                PrivateFile.Replace(_path, Encoding.ASCII.GetBytes(string.Concat(changed.Order(StringComparer.Ordinal).Select(id => id + "\n"))));
            }

            _enabled = changed;
            return true;
        }
    }

    private ImmutableHashSet<string> Enabled => _enabled ??= _path is not null && File.Exists(_path) ? [.. File.ReadAllLines(_path).Where(line => line.Length > 0)] : [];
}
