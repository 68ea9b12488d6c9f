using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.Iam;
using Keyless.Server.Storage;

namespace Keyless.Server;

/// <summary>An account root's access key.</summary>
public sealed record RootCredentials(string Account, string AccessKeyId, Secret Secret)
{
    /// <summary>Those of every account, the default one's first.</summary>
    public static IReadOnlyList<RootCredentials> OpenAll(ServerOptions options, IReadOnlyList<string> accounts) =>
    [
        .. accounts.Select((account, index) =>
            index == 0 && options.Root is { } given ? given : Open(options.DataFolder, account, isDefault: index == 0)),
    ];

    /// <summary>
    /// The root credentials of a data folder, in the AWS shared credentials format with a profile per account, so that
    /// <c>AWS_SHARED_CREDENTIALS_FILE</c> may name it; made with mode 0600 when absent.
    /// </summary>
    public static RootCredentials Open(string dataFolder, string account, bool isDefault)
    {
        if (Read(dataFolder, account, isDefault) is { } kept)
        {
            return kept;
        }

        // Another account may have been the default one before: its credentials stay where they are.
        var path = PathOf(dataFolder, account, isDefault && !File.Exists(PathOf(dataFolder, account, isDefault: true)));

        var made = new RootCredentials(account, Sts.AccessKeyId.New("AKIA", account), new Secret(Identifiers.SecretAccessKey()));
        PrivateFile.Create(
            path,
            Encoding.ASCII.GetBytes($"[default]\naws_access_key_id = {made.AccessKeyId}\naws_secret_access_key = {made.Secret.Value}\n"));
        return made;
    }

    /// <summary>The kept credentials; null when there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file lacks a key.</exception>
    public static RootCredentials? Read(string dataFolder, string account, bool isDefault) =>
        Read(PathOf(dataFolder, account, isDefault: true), account) is { } kept && IsOf(kept.AccessKeyId, account, isDefault)
            ? kept
            : Read(PathOf(dataFolder, account, isDefault: false), account);

    private static RootCredentials? Read(string path, string account)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        string? id = null, secret = null;
        foreach (var line in File.ReadLines(path))
        {
            var equals = line.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var value = line[(equals + 1)..].Trim();
            switch (line[..equals].Trim())
            {
                case "aws_access_key_id": id = value; break;
                case "aws_secret_access_key": secret = value; break;
            }
        }

        return id is { Length: > 0 } && secret is { Length: > 0 }
            ? new RootCredentials(account, id, new Secret(secret))
            : throw new InvalidDataException($"`{path}` must have `aws_access_key_id` and `aws_secret_access_key`: restore it from a backup, or remove it to have new root credentials made");
    }

    // Keys of the data folder's own making carry their account; others, written by hand, are the default account's.
    private static bool IsOf(string accessKeyId, string account, bool isDefault) =>
        Sts.AccessKeyId.AccountOf(accessKeyId) is { } carried ? carried == account : isDefault;

    private static string PathOf(string dataFolder, string account, bool isDefault) =>
        Path.Combine(dataFolder, isDefault ? "credentials" : $"credentials-{account}");
}
