using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Sts.WebIdentity;

namespace Keyless.Server.Sts;

/// <summary>Credentials for a federated user: the caller's permissions, limited by the session's policies. STS API Reference, "GetFederationToken".</summary>
internal sealed class GetFederationToken(StsService sts) : Operation
{
    private const int Default = 43_200;
    private const int LongestOfRoot = 3600;

    public override string Name => "GetFederationToken";

    public override Recording Recording => Recording.Everything;

    public override Needs Needs(AwsRequest request) =>
        new Permission("sts:GetFederationToken", $"arn:aws:sts::{request.Caller.Account}:federated-user/{((QueryRequest)request).Parameters.Text("Name"u8)}");

    public override ValueTask<AwsResponse> Run(AwsRequest request) => new(Answer(request));

    private AwsResponse Answer(AwsRequest request)
    {
        var check = new Constraints(((QueryRequest)request).Parameters);
        var name = check.Required("Name", 2, 32, ParameterPattern.NameOrEmpty);
        var duration = check.Number("DurationSeconds", 900, 129_600, Default);
        var tags = check.Tags("Tags");
        var policies = SessionPolicies.Read(check);
        if (check.Error is { } invalid)
        {
            return invalid;
        }

        var caller = request.Caller;
        if (caller is Caller.WithSession)
        {
            return CommonErrors.AccessDenied("Cannot call GetFederationToken with session credentials") with
            {
                Reason = $"`{caller.Arn}` has temporary credentials, and GetFederationToken needs a user's own",
                Mend = "call with the user's access key",
            };
        }

        if (policies.FaultIn(sts.Parts.Iam.State, caller.Account!) is { } bad)
        {
            return bad.Error with { Reason = bad.Cause, Mend = bad.Mend };
        }

        var packed = PackedSize.Percent(0, policies.Inline, policies.Arns, [.. tags], sourceIdentity: null);
        if (packed > 100)
        {
            return WireErrors.PackedTooLarge(packed) with { Reason = PackedSize.Cause(packed, policies.Inline, policies.Arns, [.. tags]), Mend = PackedSize.Mend };
        }

        var credentials = SessionCredentials.Make(sts.Parts.Tokens, new Session
        {
            Kind = SessionKind.FederatedUser,
            Account = caller.Account!,
            Arn = $"arn:aws:sts::{caller.Account}:federated-user/{name}",
            UserId = $"{caller.Account}:{name}",
            GrantedBy = caller.Arn,
            AccessKeyId = "",
            IssuedAt = request.ReceivedAt,
            Expires = request.ReceivedAt.AddSeconds(caller is Caller.Root ? Math.Min(duration, LongestOfRoot) : duration),
            Policy = policies.Inline,
            PolicyArns = policies.Arns,
            Tags = [.. tags],
        });
        return new StsResponse(
            sts,
            Name,
            xml => credentials.Write(xml)
                .Open("FederatedUser")
                .Element("FederatedUserId", credentials.Session.UserId)
                .Element("Arn", credentials.Session.Arn)
                .Close("FederatedUser")
                .Element("PackedPolicySize", packed),
            credentials.Record(
                sts, this, request, $"session credentials for the federated user `{name}`",
                new TrailField("federatedUser", new TrailField("federatedUserId", credentials.Session.UserId), new TrailField("arn", credentials.Session.Arn))));
    }
}
