using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes a key of a user. IAM API Reference, <c>DeleteAccessKey</c>.</summary>
internal sealed class DeleteAccessKey(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteAccessKey);

    protected override IamResource Resource(IamCall call) => UserElements.NamedOrCaller(call);

    protected override AwsResponse Run(IamCall call)
    {
        call.Check.Optional("UserName", 1, 128, ParameterPattern.Name);
        var id = call.Check.Required("AccessKeyId", 16, 128, ParameterPattern.Word);
        return call.Check.Error ?? call.Write((transaction, _) =>
        {
            if (UserElements.FindKey(call, transaction.State, id, out var error) is not { } key)
            {
                return error!;
            }

            transaction.Remove(key);
            return call.Done();
        });
    }
}
