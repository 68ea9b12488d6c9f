using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>Every access key that can sign: roots of accounts, users' keys, and sessions, which live in their own token.</summary>
public sealed class KnownCredentials(IReadOnlyList<RootCredentials> roots, IamStore iam, OpenSessionToken? openSession)
{
    public CredentialLookup Find(string accessKeyId, string? sessionToken, DateTimeOffset now)
    {
        if (accessKeyId.StartsWith("ASIA", StringComparison.Ordinal))
        {
            return sessionToken is null ? new CredentialLookup.BadToken($"`{accessKeyId}` is temporary, its session token is missing", Mend: "set `AWS_SESSION_TOKEN` too, from the answer that gave the key")
                : openSession is null ? new CredentialLookup.BadToken("this server issues no sessions")
                : Current(openSession(accessKeyId, sessionToken, now));
        }

        if (sessionToken is not null)
        {
            return new CredentialLookup.BadToken($"`{accessKeyId}` is a long-term key, a session token does not go with it", Unreadable: true, "unset `AWS_SESSION_TOKEN`, which belongs to other credentials");
        }

        foreach (var root in roots)
        {
            if (root.AccessKeyId == accessKeyId)
            {
                return new CredentialLookup.Found(root.Secret, new Caller.Root(root.Account));
            }
        }

        var state = iam.State;
        if (!state.AccessKeys.TryGetValue(accessKeyId, out var key) || !state.Account(key.Account).Users.TryGetValue(key.UserName, out var user))
        {
            return new CredentialLookup.Unknown($"no access key `{accessKeyId}` exists here", "use a key of this server: `eval \"$(keyless env)\"` sets the root's, `aws iam create-access-key` makes one for a user");
        }

        return key.Active
            ? new CredentialLookup.Found(key.Secret, new Caller.User(user.Account, user.Path, user.Name, user.Id))
            : new CredentialLookup.Unknown($"access key `{accessKeyId}` of user `{user.Name}` is inactive", $"activate it: `aws iam update-access-key --user-name {user.Name} --access-key-id {accessKeyId} --status Active`");
    }

    /// <summary>Remembers when a role or a user's key was last used. Root's keys are no entities of IAM.</summary>
    public static NoteUse Noting(LastUses uses) => (caller, accessKeyId, at, region, service) =>
    {
        switch (caller)
        {
            case Caller.WithSession { Session: { Kind: SessionKind.AssumedRole, RoleId: { } role } }:
                uses.Note(role, at, region, service);
                break;
            case Caller.User:
                uses.Note(accessKeyId, at, region, service);
                break;
        }
    };

    /// <summary>Sessions end with their role: another role of the same name does not revive them.</summary>
    private CredentialLookup Current(CredentialLookup opened) =>
        opened is CredentialLookup.Found { Caller: Caller.WithSession { Session: { RoleArn: { } arn } session } }
        && iam.State.RoleByArn(arn)?.Id != session.RoleId
            ? new CredentialLookup.BadToken($"the session's role `{arn}` was deleted since", Mend: "create the role again, then get new credentials: sessions end with their role")
            : opened;
}
