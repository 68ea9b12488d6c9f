using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Makes a key active or inactive. IAM API Reference, <c>UpdateAccessKey</c>.</summary>
internal sealed class UpdateAccessKey(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UpdateAccessKey);

    protected override IamResource Resource(IamCall call) => UserElements.NamedOrCaller(call);

    protected override AwsResponse Run(IamCall call)
    {
        call.Check.Optional("UserName", 1, 128, ParameterPattern.Name);
        var id = call.Check.Required("AccessKeyId", 16, 128, ParameterPattern.Word);
        call.Check.Required("Status", 1, 16);
        var status = call.Check.OneOf("Status", "Active", "Inactive");
        return call.Check.Error ?? call.Write((transaction, _) =>
        {
            if (UserElements.FindKey(call, transaction.State, id, out var error) is not { } key)
            {
                return error!;
            }

            transaction.Put(key with { Active = status == "Active" });
            return call.Done();
        });
    }
}
