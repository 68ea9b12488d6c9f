using Keyless.Server.Aws;

namespace Keyless.Server.Sts;

/// <summary>The account of an access key id, read from the id itself. STS API Reference, "GetAccessKeyInfo".</summary>
internal sealed class GetAccessKeyInfo(StsService sts) : Operation
{
    public override string Name => "GetAccessKeyInfo";

    public override Recording Recording => Recording.Everything;

    public override Needs Needs(AwsRequest request) => SessionLimits.UnlessLimited(request, new Permission("sts:GetAccessKeyInfo", "*"));

    public override ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var check = new Constraints(((QueryRequest)request).Parameters);
        var id = check.Required("AccessKeyId", 16, 128, ParameterPattern.Word with { Text = @"[\w]*" });
        if (check.Error is { } invalid)
        {
            return new(invalid);
        }

        return AccessKeyId.AccountOf(id) is { } account
            ? new(new StsResponse(sts, Name, xml => xml.Element("Account", account)))
            : new(CommonErrors.ValidationError("1 validation error detected: Value at 'accessKeyId' failed to satisfy constraint: Member must be a valid access key ID") with
            {
                Reason = $"`AccessKeyId` is `{id}`, which encodes no account: it has not the form of an access key id",
                Mend = "give one as AWS makes them: `AKIA` or `ASIA` and 16 letters A-Z and digits 2-7",
            });
    }
}
