using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam;

/// <summary>One IAM operation. Its permission is <c>iam:</c> and its name, on the resource it names.</summary>
internal abstract class IamOperation(IamService iam) : Operation
{
    /// <summary>Reads are recorded when they are refused, everything else always.</summary>
    public sealed override Recording Recording =>
        Name.StartsWith("Get", StringComparison.Ordinal) || Name.StartsWith("List", StringComparison.Ordinal) || Name.StartsWith("Simulate", StringComparison.Ordinal)
            ? Recording.Refusals
            : Recording.Everything;

    /// <summary>The ARN that the permission is about; <c>*</c> for operations on no one entity.</summary>
    protected abstract string Resource(IamCall call);

    protected abstract AwsResponse Run(IamCall call);

    /// <summary>Condition keys of the operation: tags, boundary, attached policy.</summary>
    protected virtual Permission Describe(IamCall call, Permission permission) => permission;

    public sealed override Needs Needs(AwsRequest request)
    {
        // STS API Reference, "GetSessionToken" and "GetFederationToken": their credentials do not call IAM, unless with MFA.
        if (request.Caller is Caller.WithSession { Session.Kind: not SessionKind.AssumedRole })
        {
            return new AwsError("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
            {
                Reason = "credentials of GetSessionToken without MFA and of GetFederationToken cannot call IAM: use the user's own, or a role's",
            };
        }

        var call = new IamCall(iam, (QueryRequest)request, Name);
        return Describe(call, new Permission("iam:" + Name, Resource(call)));
    }

    public sealed override async ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var call = new IamCall(iam, (QueryRequest)request, Name);
        await Prepare(call);
        return Run(call);
    }

    /// <summary>Waits for what <see cref="Run(IamCall)"/> needs from outside; nothing for most.</summary>
    protected virtual ValueTask Prepare(IamCall call) => ValueTask.CompletedTask;
}

/// <summary>One call of an IAM operation: its parameters, its account, the state it reads, the answers it can give.</summary>
internal sealed class IamCall(IamService iam, QueryRequest request, string operation)
{
    public QueryRequest Request => request;

    public QueryParameters Parameters => request.Parameters;

    /// <summary>Reads parameters; check <see cref="Constraints.Error"/> before using what was read.</summary>
    public Constraints Check { get; } = new(request.Parameters, repeatsValues: false);

    public IamService Service => iam;

    public string Account => request.Caller.Account!;

    public IamState State { get; } = iam.Store.State;

    /// <summary>The entities of the caller's account.</summary>
    public IamAccount Entities => State.Account(Account);

    public DateTimeOffset Now => request.ReceivedAt;

    /// <summary>The thumbprint that was fetched for a provider created without one.</summary>
    public string? FetchedThumbprint { get; set; }

    /// <summary>The ARN of the role that <c>RoleName</c> names, whether it exists or not.</summary>
    public string RoleArn => ArnOf(IdentityKind.Role);

    public string UserArn => ArnOf(IdentityKind.User);

    /// <summary>The user that <c>UserName</c> names; without it the calling user. Null for root without a name.</summary>
    public string? UserNameOrCaller => Parameters.Text("UserName"u8) is { Length: > 0 } name ? name : (request.Caller as Caller.User)?.Name;

    public string ArnOf(IdentityKind kind)
    {
        var name = Parameters.Text(kind.NameParameter) ?? "";
        return kind.Find(Entities, name)?.Arn ?? $"arn:aws:iam::{Account}:{kind.Word}/{name}";
    }

    /// <summary>Runs a change on the state as it then is.</summary>
    public AwsResponse Write(Func<IamTransaction, IamAccount, AwsResponse> change) =>
        iam.Store.Write(transaction => change(transaction, transaction.State.Account(Account)));

    /// <summary>A success with a result.</summary>
    public AwsResponse Result(Action<XmlOut> write) => new IamResponse(iam, operation, write);

    /// <summary>A success of an operation without output.</summary>
    public AwsResponse Done() => new IamResponse(iam, operation, null);

    private sealed class IamResponse(IamService iam, string operation, Action<XmlOut>? write) : QueryResponse(iam, operation)
    {
        public override bool HasResult => write is not null;

        public override void WriteResult(XmlOut xml) => write!(xml);
    }
}

/// <summary>Where roles, users and groups differ for the operations that they all have.</summary>
internal abstract class IdentityKind
{
    public static IdentityKind Role { get; } = new RoleKind();

    public static IdentityKind User { get; } = new UserKind();

    public static IdentityKind Group { get; } = new GroupKind();

    /// <summary><c>role</c>, <c>user</c> or <c>group</c>, in ARNs and messages.</summary>
    public abstract string Word { get; }

    public abstract string NameParameter { get; }

    public abstract int MaxName { get; }

    /// <summary>The longest name that most requests may ask for; users may be asked for by longer names than they can have.</summary>
    public virtual int MaxAsked => MaxName;

    /// <summary>The quota of managed policies, as messages call it.</summary>
    public abstract string AttachmentQuota { get; }

    /// <summary>The size that all inline policies of one may have together.</summary>
    public abstract int InlineQuota { get; }

    public abstract Identity? Find(IamAccount account, string name);

    public AwsError Missing(string name) => IamErrors.NoSuchEntity($"The {Word} with name {name} cannot be found.");

    private sealed class RoleKind : IdentityKind
    {
        public override string Word => "role";

        public override string NameParameter => "RoleName";

        public override int MaxName => 64;

        public override string AttachmentQuota => "PoliciesPerRole";

        public override int InlineQuota => 10240;

        public override Identity? Find(IamAccount account, string name) => account.Roles.GetValueOrDefault(name);
    }

    private sealed class UserKind : IdentityKind
    {
        public override string Word => "user";

        public override string NameParameter => "UserName";

        public override int MaxName => 64;

        public override int MaxAsked => 128;

        public override string AttachmentQuota => "PoliciesPerUser";

        public override int InlineQuota => 2048;

        public override Identity? Find(IamAccount account, string name) => account.Users.GetValueOrDefault(name);
    }

    private sealed class GroupKind : IdentityKind
    {
        public override string Word => "group";

        public override string NameParameter => "GroupName";

        public override int MaxName => 128;

        public override string AttachmentQuota => "PoliciesPerGroup";

        public override int InlineQuota => 5120;

        public override Identity? Find(IamAccount account, string name) => account.Groups.GetValueOrDefault(name);
    }
}
