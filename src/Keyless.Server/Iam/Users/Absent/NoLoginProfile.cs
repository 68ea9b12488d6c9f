using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users.Absent;

/// <summary>The password of a user, which nobody here has: there is no console of AWS's to sign in to. IAM API Reference, the operation's page.</summary>
/// <param name="name"><c>GetLoginProfile</c> or <c>DeleteLoginProfile</c>.</param>
internal abstract class NoLoginProfile(IamService iam, string name) : IamOperation(iam)
{
    public sealed override string Name => name;

    protected sealed override IamResource Resource(IamCall call) => UserElements.NamedOrCaller(call);

    protected sealed override AwsResponse Run(IamCall call)
    {
        call.Check.Optional("UserName", 1, 64, ParameterPattern.Name);
        return call.Check.Error
            ?? (call.UserNameOrCaller is not { } user ? IamErrors.MustName("userName", call.Request.Caller)
                : !call.Entities.Users.ContainsKey(user) ? call.Missing(IdentityKind.User, user)
                : IamErrors.NoSuchEntity($"Login Profile for User {user} cannot be found.") with
                {
                    Reason = $"user `{user}` has no login profile: no user here has a password",
                    Mend = "leave the call out; users call with access keys",
                });
    }
}
