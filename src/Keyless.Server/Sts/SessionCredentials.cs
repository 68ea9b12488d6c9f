using System.Collections.Immutable;
using System.Globalization;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Sts.WebIdentity;

namespace Keyless.Server.Sts;

/// <summary>Temporary credentials as every STS operation answers them.</summary>
internal sealed record SessionCredentials(Session Session, SealedSession Sealed)
{
    /// <summary>Seals a session under a new access key id of its account.</summary>
    public static SessionCredentials Make(SessionToken tokens, Session session)
    {
        session = session with { AccessKeyId = AccessKeyId.New("ASIA", session.Account) };
        return new SessionCredentials(session, tokens.Seal(session));
    }

    /// <summary>That they were given: durable before they leave. Of the three parts it holds the key id alone.</summary>
    public DecisionRecord Record(StsService sts, Operation operation, AwsRequest request, string summary, params ReadOnlySpan<TrailField> more) =>
        Recorded.Of(sts, operation.Name, request, error: null, denial: null) with
        {
            Summary = summary,
            ResponseElements =
            [
                new TrailField(
                    "credentials",
                    new TrailField("accessKeyId", Session.AccessKeyId),
                    new TrailField("expiration", Session.Expires.UtcDateTime.ToString(ExchangeRecord.ExpirationFormat, CultureInfo.InvariantCulture))),
                .. more,
            ],
        };

    public XmlOut Write(XmlOut xml) => Write(xml, Session, Sealed);

    public static XmlOut Write(XmlOut xml, Session session, SealedSession made) => xml
        .Open("Credentials")
        .Element("AccessKeyId", session.AccessKeyId)
        .Ascii("SecretAccessKey", made.SecretAccessKey)
        .Ascii("SessionToken", made.Token)
        .Element("Expiration", session.Expires)
        .Close("Credentials");

    public override string ToString() => $"SessionCredentials {{ {Session.AccessKeyId} }}";
}

/// <summary>
/// How much of a session's room its policies and tags take. AWS packs them by an unpublished method and answers a percentage; ours
/// is deterministic and of the same size. STS API Reference, "AssumeRole", PackedPolicySize.
/// </summary>
internal static class PackedSize
{
    private const int RoomForPolicies = 3400;
    private const int RoomForTags = 2000;

    /// <summary>What a web identity's claims take by themselves, as recorded on AWS.</summary>
    public const int OfClaims = 25;

    public static int Percent(int claims, string? policy, ImmutableArray<string> policyArns, ImmutableArray<KeyValuePair<string, string>> tags, string? sourceIdentity)
    {
        var policies = policy?.Count(c => !char.IsWhiteSpace(c)) ?? 0;
        foreach (var arn in policyArns)
        {
            policies += arn.Length / 2;
        }

        var tagged = 0;
        foreach (var (key, value) in tags)
        {
            tagged += key.Length + value.Length + 2;
        }

        return claims + Share(policies, RoomForPolicies) + Share(tagged, RoomForTags) + (sourceIdentity is null ? 0 : 1);
    }

    public const string Mend = "shorten the inline policy or move it into a managed one, pass fewer policies, or fewer and shorter tags";

    /// <summary>What takes the room of a session that has too little, largest share first to be seen.</summary>
    public static string Cause(int percent, string? policy, ImmutableArray<string> policyArns, ImmutableArray<KeyValuePair<string, string>> tags) =>
        $"session policies and tags take {percent}% of a session's room: an inline policy of {policy?.Length ?? 0} characters, {policyArns.Length} policy ARNs, "
        + $"{tags.Length} tags of {tags.Sum(tag => tag.Key.Length + tag.Value.Length)} characters";

    private static int Share(int used, int room) => ((used * 100) + room - 1) / room;
}
