namespace Keyless.Runner.BuiltIn;

/// <summary>Keys of an AWS session. Prints without its secrets.</summary>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    /// <summary>As STS wrote it; null for keys that do not expire.</summary>
    public string? Expiration { get; init; }

    public override string ToString() => $"AwsCredentials {{ {AccessKeyId}, *** }}";
}
