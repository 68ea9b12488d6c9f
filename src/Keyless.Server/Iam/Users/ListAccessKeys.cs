using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Users;

/// <summary>The keys of a user, without their secrets. IAM API Reference, <c>ListAccessKeys</c>.</summary>
internal sealed class ListAccessKeys(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListAccessKeys);

    protected override IamResource Resource(IamCall call) => UserElements.NamedOrCaller(call);

    protected override AwsResponse Run(IamCall call)
    {
        call.Check.Optional("UserName", 1, 128, ParameterPattern.Name);
        var user = call.Entities.Users.GetValueOrDefault(call.UserNameOrCaller ?? "");
        IEnumerable<AccessKey> keys = user is null ? [] : UserElements.KeysOf(call.State, user).OrderBy(key => key.Id, StringComparer.Ordinal);
        return call.List(
            "AccessKeyMetadata", keys, key => key.Id, StringComparer.Ordinal,
            (xml, key) => xml.Open("member")
                .Element("UserName", user!.Name)
                .Element("AccessKeyId", key.Id)
                .Element("Status", key.Active ? "Active" : "Inactive")
                .Element("CreateDate", key.CreatedAt)
                .Close("member"),
            () => call.UserNameOrCaller is not { } name ? IamErrors.MustName("userName", call.Request.Caller) : user is null ? call.Missing(IdentityKind.User, name) : null);
    }
}
