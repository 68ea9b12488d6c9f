using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Whose key it is. Uses are in the audit log, not counted here. IAM API Reference, <c>GetAccessKeyLastUsed</c>.</summary>
internal sealed class GetAccessKeyLastUsed(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetAccessKeyLastUsed);

    protected override string Resource(IamCall call) => UserElements.ArnOfKeysUser(call);

    protected override AwsResponse Run(IamCall call)
    {
        var id = call.Check.Required("AccessKeyId", 16, 128, ParameterPattern.Word);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        return call.State.AccessKeys.TryGetValue(id, out var key) && key.Account == call.Account
            ? call.Result(xml => xml
                .Element("UserName", key.UserName)
                .Open("AccessKeyLastUsed")
                .Element("ServiceName", "N/A")
                .Element("Region", "N/A")
                .Close("AccessKeyLastUsed"))
            : IamErrors.NoAccessKey(id);
    }
}
