using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Iam;
using Keyless.Server.Storage;
using Keyless.Server.Sts.WebIdentity;

namespace Keyless.Server.Sts;

/// <summary>Credentials of a role for a caller with credentials of its own. STS API Reference, "AssumeRole".</summary>
internal sealed class AssumeRole(StsService sts) : Operation
{
    /// <summary>Role chaining: a session that assumes a role gets at most an hour, whatever the role allows.</summary>
    private const int LongestChained = 3600;

    private static readonly ParameterPattern ExternalId = new(@"[\w+=,.@:\/-]*", text => text.All(c => char.IsAsciiLetterOrDigit(c) || "_+=,.@:/-".Contains(c, StringComparison.Ordinal)),
        "an external id", "only letters, digits and `_+=,.@:/-`");

    public override string Name => "AssumeRole";

    public override Needs Needs(AwsRequest request) => new Needs.Nothing("it needs the caller's and the role's consent, with tags and source identity: asked in Run");

    public override Recording Recording => Recording.Everything;

    public override ValueTask<AwsResponse> Run(AwsRequest request) => new(new Call(sts, this, (QueryRequest)request).Answer());

    private sealed class Call(StsService sts, AssumeRole operation, QueryRequest request)
    {
        private string _roleArn = "";
        private string _sessionName = "";

        public AwsResponse Answer()
        {
            var check = new Constraints(request.Parameters);
            _roleArn = check.Required("RoleArn", 20, 2048, ParameterPattern.Arn);
            _sessionName = check.Required("RoleSessionName", 2, 64, ParameterPattern.NameOrEmpty);
            var duration = check.Number("DurationSeconds", 900, 43_200, absent: 3600);
            var externalId = check.Optional("ExternalId", 2, 1224, ExternalId);
            var sourceIdentity = check.Optional("SourceIdentity", 2, 256, ParameterPattern.NameOrEmpty);
            var tags = check.Tags("Tags");
            var transitive = check.List("TransitiveTagKeys", 50, 1, 128, ParameterPattern.TagKey).Where(key => key.Length > 0).ToList();
            var policies = SessionPolicies.Read(check);
            var serial = check.Optional("SerialNumber", 9, 256);
            var code = check.Optional("TokenCode", 6, 6);
            if (check.Error is { } invalid)
            {
                return Refuse(invalid, invalid.Reason ?? invalid.Message, invalid.Mend);
            }

            if (!_roleArn.StartsWith("arn:aws:iam::", StringComparison.Ordinal) || !_roleArn.Contains(":role/", StringComparison.Ordinal))
            {
                return Refuse(CommonErrors.ValidationError($"{_roleArn} is invalid"), ArnForm.Role.Problem(_roleArn) ?? $"`{_roleArn}` is no role's ARN", ArnForm.Role.Mend);
            }

            if (request.Caller is Caller.Root)
            {
                return Refuse(CommonErrors.AccessDenied("Roles may not be assumed by root accounts."), "the caller is an account's root, which may not assume roles", "call with a user's or a role's credentials");
            }

            if (request.Caller is Caller.WithSession { Session.Kind: not SessionKind.AssumedRole and not SessionKind.SessionToken })
            {
                return Refuse(NotAuthorized("sts:AssumeRole"), "a federated user may only call GetCallerIdentity in STS", "call with a user's or a role's credentials");
            }

            var calling = (request.Caller as Caller.WithSession)?.Session;
            if (TagFault(tags, transitive, calling) is { } tagFault)
            {
                return Refuse(tagFault, tagFault.Reason!, tagFault.Mend);
            }

            if (SessionLimits.OfMultiFactor(serial, code) is { } factor)
            {
                return Refuse(factor, factor.Reason!, factor.Mend);
            }

            // An assertion that nobody here can verify must not be taken as if it had been.
            if (request.Parameters.Numbers("ProvidedContexts").Count > 0)
            {
                return Refuse(
                    CommonErrors.ValidationError("ProvidedContexts are not supported: no context provider is known."),
                    "the request has `ProvidedContexts`, assertions of IAM Identity Center, which this server cannot verify",
                    "leave `ProvidedContexts` out");
            }

            var state = sts.Parts.Iam.State;
            if (state.RoleByArn(_roleArn) is not { } role)
            {
                var roles = state.Account(AccountOf(_roleArn) ?? "").Roles;
                var near = Suggest.Nearest(_roleArn[(_roleArn.LastIndexOf('/') + 1)..], roles.Keys);
                return Refuse(
                    NotAuthorized("sts:AssumeRole"),
                    $"role `{_roleArn}` does not exist" + (near is null ? "" : $"; did you mean `{near}`?"),
                    near is null ? "create it, or check the ARN: `aws iam list-roles` has them" : $"use `{roles[near].Arn}`");
            }

            // The source identity stays with all further sessions, and cannot be changed on the way.
            if (calling?.SourceIdentity is { } kept)
            {
                if (sourceIdentity is not null && sourceIdentity != kept)
                {
                    return Refuse(
                        CommonErrors.ValidationError("The source identity is already set for this assume role session"),
                        $"the calling session has the source identity `{kept}`, which cannot become `{sourceIdentity}`",
                        "leave `SourceIdentity` out: the session's own is kept");
                }

                sourceIdentity = kept;
            }

            var inherited = calling is null ? [] : calling.Tags.Where(tag => calling.TransitiveTagKeys.Contains(tag.Key, StringComparer.OrdinalIgnoreCase)).ToList();
            var allTags = tags.Concat(inherited.Where(tag => !tags.Any(own => own.Key.Equals(tag.Key, StringComparison.OrdinalIgnoreCase)))).ToImmutableArray();
            var allTransitive = transitive.Concat(inherited.Select(tag => tag.Key)).ToImmutableArray();

            foreach (var action in Actions(tags.Count > 0, sourceIdentity is not null))
            {
                if (sts.Parts.Access.Check(sts, request, Ask(action, role, externalId, sourceIdentity, tags, transitive)) is { } denial)
                {
                    return Refuse(
                        NotAuthorized(action), denial.Cause, action == "sts:AssumeRole" ? null : $"allow `{action}` in the role's trust policy and in the caller's policies", denial);
                }
            }

            if (duration > role.MaxSessionDuration)
            {
                return Refuse(WireErrors.DurationTooLong, $"{duration} seconds are more than role `{role.Name}` allows, {role.MaxSessionDuration}", $"ask for at most {role.MaxSessionDuration} seconds, or raise the role's maximum: `aws iam update-role --role-name {role.Name} --max-session-duration {duration}`");
            }

            if (calling is { Kind: SessionKind.AssumedRole } && duration > LongestChained)
            {
                return Refuse(
                    CommonErrors.ValidationError("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."),
                    $"{duration} seconds are more than the hour that a chained session gets", $"ask for at most {LongestChained} seconds");
            }

            if (policies.FaultIn(state, role.Account) is { } bad)
            {
                return Refuse(bad.Error, bad.Cause, bad.Mend);
            }

            var packed = PackedSize.Percent(0, policies.Inline, policies.Arns, allTags, sourceIdentity);
            if (packed > 100)
            {
                var wire = policies.Inline is null && policies.Arns.IsEmpty
                    ? new AwsError("PackedPolicyTooLarge", 400, $"Packed size of session tags consumes {packed}% of allotted space.")
                    : WireErrors.PackedTooLarge(packed);
                return Refuse(wire, PackedSize.Cause(packed, policies.Inline, policies.Arns, allTags), PackedSize.Mend);
            }

            var credentials = SessionCredentials.Make(sts.Parts.Tokens, new Session
            {
                Kind = SessionKind.AssumedRole,
                Account = role.Account,
                Arn = $"arn:aws:sts::{role.Account}:assumed-role/{role.Name}/{_sessionName}",
                UserId = $"{role.Id}:{_sessionName}",
                AccessKeyId = "",
                IssuedAt = request.ReceivedAt,
                Expires = request.ReceivedAt.AddSeconds(duration),
                RoleArn = role.Arn,
                RoleId = role.Id,
                Chained = calling is { Kind: SessionKind.AssumedRole },
                Policy = policies.Inline,
                PolicyArns = policies.Arns,
                Tags = allTags,
                TransitiveTagKeys = allTransitive,
                SourceIdentity = sourceIdentity,
                FederatedProvider = calling?.FederatedProvider,
            });
            // Recorded: without policies and tags there is no size, not one of 0.
            var isPacked = policies.Inline is not null || !policies.Arns.IsEmpty || !allTags.IsEmpty;
            return new StsResponse(
                sts,
                operation.Name,
                xml =>
                {
                    xml.Open("AssumedRoleUser")
                        .Element("AssumedRoleId", credentials.Session.UserId)
                        .Element("Arn", credentials.Session.Arn)
                        .Close("AssumedRoleUser");
                    credentials.Write(xml)
                        .Optional("SourceIdentity", sourceIdentity)
                        .Optional("PackedPolicySize", isPacked ? packed.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
                },
                credentials.Record(
                    sts, operation, request, $"role `{role.Name}`: `{request.Caller.Arn}` may assume it",
                    new TrailField("assumedRoleUser", new TrailField("assumedRoleId", credentials.Session.UserId), new TrailField("arn", credentials.Session.Arn))) with
                {
                    Resources = Resources,
                });
        }

        private static IEnumerable<string> Actions(bool tagged, bool identified)
        {
            yield return "sts:AssumeRole";
            if (tagged)
            {
                yield return "sts:TagSession";
            }

            if (identified)
            {
                yield return "sts:SetSourceIdentity";
            }
        }

        private Permission Ask(
            string action, Role role, string? externalId, string? sourceIdentity, IReadOnlyList<KeyValuePair<string, string>> tags, List<string> transitive)
        {
            var keys = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
            keys.Add(new("sts:RoleSessionName", _sessionName));
            if (externalId is not null)
            {
                keys.Add(new("sts:ExternalId", externalId));
            }

            if (sourceIdentity is not null)
            {
                keys.Add(new("sts:SourceIdentity", sourceIdentity));
            }

            keys.AddRange(tags.Select(tag => new KeyValuePair<string, string>("aws:RequestTag/" + tag.Key, tag.Value)));
            foreach (var tag in role.Tags)
            {
                keys.Add(new("aws:ResourceTag/" + tag.Key, tag.Value));
                keys.Add(new("iam:ResourceTag/" + tag.Key, tag.Value));
            }

            return new Permission(action, role.Arn)
            {
                Keys = keys.DrainToImmutable(),
                MultivaluedKeys =
                [
                    .. tags.Count == 0 ? [] : new[] { KeyValuePair.Create("aws:TagKeys", tags.Select(tag => tag.Key).ToImmutableArray()) },
                    .. transitive.Count == 0 ? [] : new[] { KeyValuePair.Create("sts:TransitiveTagKeys", transitive.ToImmutableArray()) },
                ],
                ResourcePolicy = TrustPolicy.Of(role).Document,
                ResourceAccount = role.Account,
            };
        }

        private AwsError NotAuthorized(string action) =>
            CommonErrors.AccessDenied($"User: {request.Caller.Arn} is not authorized to perform: {action} on resource: {_roleArn}");

        private static AwsError? TagFault(IReadOnlyList<KeyValuePair<string, string>> tags, List<string> transitive, Session? calling)
        {
            var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var tag in tags)
            {
                if (!keys.Add(tag.Key))
                {
                    return Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.", $"the tag key `{tag.Key}` is given twice; keys compare without case", "give each key once");
                }

                if (tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                {
                    return Invalid($"Invalid tag key: {tag.Key}. System tags cannot be added, updated or removed.", $"the tag key `{tag.Key}` begins with `aws:`, which is reserved", "take a key that begins otherwise");
                }
            }

            if (transitive.Find(key => !keys.Contains(key)) is { } unknown)
            {
                return Invalid("The specified transitive tag key must be included in the requested tags.", $"the transitive tag key `{unknown}` is none of the request's tags", $"pass the tag too, `--tags Key={unknown},Value=...`, or leave the key out of `TransitiveTagKeys`");
            }

            return calling is not null && keys.FirstOrDefault(key => calling.TransitiveTagKeys.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } kept
                ? Invalid(
                    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
                    $"the tag `{kept}` came with the calling session as a transitive one, and cannot be set again", "leave it out: the session's own is kept")
                : null;

            static AwsError Invalid(string message, string cause, string mend) => new("InvalidParameterValue", 400, message) { Reason = cause, Mend = mend };
        }

        private AwsResponse Refuse(AwsError wire, string cause, string? mend = null, Denial? denial = null)
        {
            var error = wire with { Reason = cause, Mend = mend };
            return AwsResponse.Refused(error, Recorded.Of(sts, operation.Name, request, error, denial) with { Resources = Resources });
        }

        private ImmutableArray<TrailResource> Resources =>
            _roleArn.Length is 0 or > 2048 ? [] : [new TrailResource("AWS::IAM::Role", _roleArn, AccountOf(_roleArn))];

        private static string? AccountOf(string arn) => arn.Split(':') is [_, _, _, _, { Length: 12 } account, ..] ? account : null;
    }
}
