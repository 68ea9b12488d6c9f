using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Whose key it is and when it signed a request last. IAM API Reference, <c>GetAccessKeyLastUsed</c>.</summary>
internal sealed class GetAccessKeyLastUsed(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetAccessKeyLastUsed);

    protected override IamResource Resource(IamCall call) => UserElements.OfKey(call);

    protected override AwsResponse Run(IamCall call)
    {
        var id = call.Check.Required("AccessKeyId", 16, 128, ParameterPattern.Word);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        if (!call.State.AccessKeys.TryGetValue(id, out var key) || key.Account != call.Account)
        {
            return IamErrors.UnknownKeyUse(call.Request.Caller, id);
        }

        return call.Result(xml =>
        {
            var use = call.Service.Uses.Of(id);
            xml.Element("UserName", key.UserName).Open("AccessKeyLastUsed");
            if (use is not null)
            {
                xml.Element("LastUsedDate", use.At);
            }

            xml.Element("ServiceName", use?.Service ?? "N/A").Element("Region", use?.Region ?? "N/A").Close("AccessKeyLastUsed");
        });
    }
}
