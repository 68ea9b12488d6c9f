namespace Keyless.Server.Aws;

/// <summary>What is known about an access key id and, for temporary credentials, its session token.</summary>
public abstract record CredentialLookup
{
    private CredentialLookup()
    {
    }

    public sealed record Found(Secret Secret, Caller Caller) : CredentialLookup;

    /// <param name="Reason">For the log: that there is no such key, or that it must not be used.</param>
    public sealed record Unknown(string Reason, string Mend) : CredentialLookup;

    /// <param name="Reason">For the log: absent, damaged, sealed by another server, of another key id.</param>
    /// <param name="Unreadable">It is no session token of ours at all.</param>
    public sealed record BadToken(string Reason, bool Unreadable = false, string? Mend = null) : CredentialLookup;

    public sealed record Expired(DateTimeOffset At) : CredentialLookup;
}

/// <summary>Finds the secret and the caller of an access key id.</summary>
public delegate CredentialLookup FindCredentials(string accessKeyId, string? sessionToken, DateTimeOffset now);

/// <summary>Is told that credentials signed a request.</summary>
public delegate void NoteUse(Caller caller, string accessKeyId, DateTimeOffset at, string region, string service);

/// <summary>Opens the session token of a temporary access key id: STS seals them, so only it can.</summary>
public delegate CredentialLookup OpenSessionToken(string accessKeyId, string sessionToken, DateTimeOffset now);

/// <summary>A secret that prints as <c>***</c>.</summary>
public readonly record struct Secret(string Value)
{
    public override string ToString() => "***";
}
