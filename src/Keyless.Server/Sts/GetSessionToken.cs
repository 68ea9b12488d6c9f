using Keyless.Server.Aws;

namespace Keyless.Server.Sts;

/// <summary>Temporary credentials of the caller itself. STS API Reference, "GetSessionToken". Only long-term credentials may ask.</summary>
internal sealed class GetSessionToken(StsService sts) : Operation
{
    private const int Default = 43_200;
    private const int LongestOfRoot = 3600;

    public override string Name => "GetSessionToken";

    public override Recording Recording => Recording.Everything;

    public override Needs Needs(AwsRequest request) => new Needs.Nothing("AWS asks no permission: the caller only gets itself");

    public override ValueTask<AwsResponse> Run(AwsRequest request) => new(Answer(request));

    private AwsResponse Answer(AwsRequest request)
    {
        var check = new Constraints(((QueryRequest)request).Parameters);
        var duration = check.Number("DurationSeconds", 900, 129_600, Default);
        var serial = check.Optional("SerialNumber", 9, 256);
        var code = check.Optional("TokenCode", 6, 6);
        if (check.Error is { } invalid)
        {
            return invalid;
        }

        if (request.Caller is Caller.WithSession)
        {
            return CommonErrors.AccessDenied("Cannot call GetSessionToken with session credentials") with
            {
                Reason = $"`{request.Caller.Arn}` has temporary credentials already, and GetSessionToken makes them of a user's own",
                Mend = "use them as they are, or call with the user's access key",
            };
        }

        if (SessionLimits.OfMultiFactor(serial, code) is { } factor)
        {
            return factor;
        }

        var caller = request.Caller;
        var credentials = SessionCredentials.Make(sts.Parts.Tokens, new Session
        {
            Kind = SessionKind.SessionToken,
            Account = caller.Account!,
            Arn = caller.Arn!,
            UserId = GetCallerIdentity.UserIdOf(caller),
            AccessKeyId = "",
            IssuedAt = request.ReceivedAt,
            Expires = request.ReceivedAt.AddSeconds(caller is Caller.Root ? Math.Min(duration, LongestOfRoot) : duration),
        });
        return new StsResponse(sts, Name, xml => credentials.Write(xml), credentials.Record(sts, this, request, $"session credentials for `{caller.Arn}`"));
    }
}
