using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>A user; without a name the caller. IAM API Reference, <c>GetUser</c>.</summary>
internal sealed class GetUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetUser);

    protected override IamResource Resource(IamCall call) => UserElements.NamedOrCaller(call);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Optional("UserName", 1, 128, ParameterPattern.Name);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        if (name is null && call.Request.Caller is Caller.Root root)
        {
            // Root has no name, and no entity that would know when it was made.
            return call.Result(xml => xml.Open("User").Element("UserId", root.AccountId).Element("Arn", root.Arn).Close("User"));
        }

        if (call.UserNameOrCaller is not { } found)
        {
            return IamErrors.MustName("userName", call.Request.Caller);
        }

        return call.Entities.Users.TryGetValue(found, out var user)
            ? call.Result(xml => UserElements.Write(xml, "User", user, whole: true))
            : call.Missing(IdentityKind.User, found);
    }
}
