using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Users;

/// <summary>A long-term key of a user; the only time its secret is shown. IAM API Reference, <c>CreateAccessKey</c>.</summary>
internal sealed class CreateAccessKey(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(CreateAccessKey);

    protected override IamResource Resource(IamCall call) => UserElements.NamedOrCaller(call);

    protected override AwsResponse Run(IamCall call)
    {
        call.Check.Optional("UserName", 1, 128, ParameterPattern.Name);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        if (call.UserNameOrCaller is not { } name)
        {
            return IamErrors.MustName("userName", call.Request.Caller);
        }

        return call.Write((transaction, account) =>
        {
            if (!account.Users.TryGetValue(name, out var user))
            {
                return call.Missing(IdentityKind.User, name);
            }

            if (UserElements.KeysOf(transaction.State, user).Count() >= UserElements.MaxKeys)
            {
                return IamErrors.LimitExceeded(
                    "AccessKeysPerUser", UserElements.MaxKeys, $"user `{user.Name}` has", "access keys",
                    $"delete one: `aws iam delete-access-key --user-name {user.Name} --access-key-id {UserElements.KeysOf(transaction.State, user).First().Id}`");
            }

            var key = new AccessKey(
                Sts.AccessKeyId.New("AKIA", call.Account), call.Account, user.Name, new Secret(Identifiers.SecretAccessKey()), Active: true, call.Now);
            transaction.Put(key);
            return call.Result(xml => xml
                .Open("AccessKey")
                .Element("UserName", user.Name)
                .Element("AccessKeyId", key.Id)
                .Element("Status", "Active")
                .Element("SecretAccessKey", key.Secret.Value)
                .Element("CreateDate", key.CreatedAt)
                .Close("AccessKey"));
        });
    }
}
