using System.Collections.Immutable;
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

    protected abstract IamResource Resource(IamCall call);

    protected abstract AwsResponse Run(IamCall call);

    /// <summary>What the resource becomes, where that has another ARN; null for most operations.</summary>
    protected virtual IamResource? Target(IamCall call) => null;

    /// <summary>The condition keys that the operation has besides those of its resource.</summary>
    protected virtual IamKeys Keys => IamKeys.None;

    public sealed override Needs Needs(AwsRequest request)
    {
        // STS API Reference, "GetSessionToken" and "GetFederationToken": their credentials do not call IAM, unless with MFA.
        if (request.Caller is Caller.WithSession { Session.Kind: not SessionKind.AssumedRole })
        {
            return new AwsError("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
            {
                Reason = $"{request.Caller.Called} has credentials of {(request.Caller is Caller.WithSession { Session.Kind: SessionKind.FederatedUser } ? "GetFederationToken" : "GetSessionToken without MFA")}, which cannot call IAM",
                Mend = "call with the user's own credentials, or a role's",
            };
        }

        var call = new IamCall(iam, (QueryRequest)request, Name);
        var permission = PermissionOn(Resource(call), call);

        // Whoever makes something with tags must be allowed to tag it too; whoever renames or moves something, to do so at both places.
        return Keys.HasFlag(IamKeys.RequestTags) && Name.StartsWith("Create", StringComparison.Ordinal) && call.Parameters.Numbers("Tags").Count > 0
                ? ImmutableArray.Create(permission, permission with { Action = "iam:Tag" + Name["Create".Length..] })
            : Target(call) is { } target ? ImmutableArray.Create(permission, PermissionOn(target, call))
            : permission;
    }

    private Permission PermissionOn(IamResource resource, IamCall call)
    {
        var keys = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var tag in resource.Tags)
        {
            keys.Add(new("aws:ResourceTag/" + tag.Key, tag.Value));
            if (resource.Identity is not null)
            {
                keys.Add(new("iam:ResourceTag/" + tag.Key, tag.Value));
            }
        }

        Add(IamKeys.PolicyArn, "iam:PolicyARN", call.Parameters.Text("PolicyArn"u8));
        Add(IamKeys.Boundary, "iam:PermissionsBoundary", resource.Identity?.Boundary);
        Add(IamKeys.NewBoundary, "iam:PermissionsBoundary", call.Parameters.Text("PermissionsBoundary"u8));
        var tagKeys = Keys.HasFlag(IamKeys.TagKeys) ? call.Parameters.List("TagKeys").Take(Tagging.Max) : [];
        if (Keys.HasFlag(IamKeys.RequestTags))
        {
            var tags = Tagging.Requested(call.Parameters);
            keys.AddRange(tags.Select(tag => new KeyValuePair<string, string>("aws:RequestTag/" + tag.Key, tag.Value)));
            tagKeys = tags.Select(tag => tag.Key);
        }

        return new Permission("iam:" + Name, resource.Arn)
        {
            Shown = resource.Shown,
            Keys = keys.ToImmutable(),
            MultivaluedKeys = tagKeys.ToImmutableArray() is { IsEmpty: false } names ? [new("aws:TagKeys", names)] : [],
        };

        void Add(IamKeys key, string name, string? value)
        {
            if (Keys.HasFlag(key) && value is not null)
            {
                keys.Add(new(name, value));
            }
        }
    }

    public sealed override async ValueTask<AwsResponse> Run(AwsRequest request)
    {
        var call = new IamCall(iam, (QueryRequest)request, Name);
        await Prepare(call);
        var response = Run(call);
        if (response.Error is null && Recording == Recording.Everything)
        {
            response.Remarks = PolicyRemarks.Of(call, Name);
        }

        return response;
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

    /// <summary>The user that <c>UserName</c> names; without it the calling user. Null for root without a name.</summary>
    public string? UserNameOrCaller => Parameters.Text("UserName"u8) is { Length: > 0 } name ? name : (request.Caller as Caller.User)?.Name;

    /// <summary>The error for a role, user or group that is not there.</summary>
    public AwsError Missing(IdentityKind kind, string name) =>
        IamErrors.Absent($"The {kind.Word} with name {name} cannot be found.", Account, kind.Word, name, kind.Names(Entities), $"aws iam list-{kind.Word}s");

    /// <summary>The managed policy that <c>PolicyArn</c> names.</summary>
    public IamResource Policy => Parameters.Text("PolicyArn"u8) is { } arn
        ? new(arn) { Shown = "policy " + arn, Tags = ManagedPolicies.Find(Entities, arn)?.Tags ?? [] }
        : IamResource.All;

    /// <summary>The OIDC provider that <c>OpenIDConnectProviderArn</c> names.</summary>
    public IamResource Provider => Parameters.Text("OpenIDConnectProviderArn"u8) is { } arn
        ? new(arn) { Tags = Entities.Providers.GetValueOrDefault(arn)?.Tags ?? [] }
        : IamResource.All;

    /// <summary>The role, user or group that the request names, whether it exists or not.</summary>
    public IamResource Named(IdentityKind kind) => Named(kind, Parameters.Text(kind.NameParameter) ?? "");

    public IamResource Named(IdentityKind kind, string name)
    {
        var identity = kind.Find(Entities, name);
        return new(identity?.Arn ?? $"arn:aws:iam::{Account}:{kind.Word}/{name}") { Shown = $"{kind.Word} {name}", Identity = identity, Tags = identity?.Tags ?? [] };
    }

    /// <summary>What the request makes, at its path.</summary>
    public IamResource New(string kind, string nameParameter) =>
        new($"arn:aws:iam::{Account}:{kind}{Parameters.Text("Path"u8) ?? "/"}{Parameters.Text(nameParameter)}");

    /// <summary>What a role, user or group becomes by being renamed or moved; null when it is neither.</summary>
    public IamResource? Renamed(IdentityKind kind)
    {
        var (name, path) = (Parameters.Text("New" + kind.NameParameter), Parameters.Text("NewPath"u8));
        if ((name ?? path) is null || Named(kind).Identity is not { } identity)
        {
            return null;
        }

        name ??= identity.Name;
        return new($"arn:aws:iam::{Account}:{kind.Word}{path ?? identity.Path}{name}") { Shown = $"{kind.Word} {name}" };
    }

    /// <summary>What the request lists: whatever is under a path.</summary>
    public IamResource Under(string kind) => new($"arn:aws:iam::{Account}:{kind}{Parameters.Text("PathPrefix"u8) ?? "/"}");

    /// <summary>Runs a change on the state as it then is.</summary>
    public AwsResponse Write(Func<IamTransaction, IamAccount, AwsResponse> change) =>
        iam.Store.Write(transaction => change(transaction, transaction.State.Account(Account)));

    /// <summary>A success with a result.</summary>
    public AwsResponse Result(Action<XmlOut> write) => new IamResponse(iam, operation, write);

    /// <summary>A page of a list: the element with its members, and where the next page begins.</summary>
    /// <param name="entries">In ascending order of their keys.</param>
    /// <param name="fault">Why there is no list, once the parameters are right: whose it would be does not exist.</param>
    public AwsResponse List<T>(string element, IEnumerable<T> entries, Func<T, string> key, IComparer<string> order, Action<XmlOut, T> write, Func<AwsError?>? fault = null)
    {
        var page = Page<T>.Of(Check, entries, key, order, out var error);
        return (error ?? fault?.Invoke()) is { } refused ? refused : Result(xml =>
        {
            xml.Open(element);
            foreach (var item in page!.Items)
            {
                write(xml, item);
            }

            xml.Close(element);
            page.WriteEnd(xml);
        });
    }

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

    /// <summary>What the ARN of an IAM entity says that it is; null for others.</summary>
    public static IdentityKind? OfArn(string arn) => arn.Split(':') is ["arn", _, "iam", "", { Length: 12 }, var resource]
        ? new[] { Role, User, Group }.FirstOrDefault(kind => resource.StartsWith(kind.Word + "/", StringComparison.Ordinal))
        : null;

    /// <summary>The parameter that names one, as the AWS CLI calls it.</summary>
    public string Option => $"--{Word}-name";

    public abstract IEnumerable<string> Names(IamAccount account);

    private sealed class RoleKind : IdentityKind
    {
        public override string Word => "role";

        public override string NameParameter => "RoleName";

        public override int MaxName => 64;

        public override string AttachmentQuota => "PoliciesPerRole";

        public override int InlineQuota => 10240;

        public override Identity? Find(IamAccount account, string name) => account.Roles.GetValueOrDefault(name);

        public override IEnumerable<string> Names(IamAccount account) => account.Roles.Keys;
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

        public override IEnumerable<string> Names(IamAccount account) => account.Users.Keys;
    }

    private sealed class GroupKind : IdentityKind
    {
        public override string Word => "group";

        public override string NameParameter => "GroupName";

        public override int MaxName => 128;

        public override string AttachmentQuota => "PoliciesPerGroup";

        public override int InlineQuota => 5120;

        public override Identity? Find(IamAccount account, string name) => account.Groups.GetValueOrDefault(name);

        public override IEnumerable<string> Names(IamAccount account) => account.Groups.Keys;
    }
}
