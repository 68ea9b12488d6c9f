using System.Collections.Frozen;
using Keyless.Language.Tree;
using Keyless.Server.CloudFormation.Resources;

namespace Keyless.Server.CloudFormation;

/// <summary>A resource type as API calls.</summary>
internal abstract class ResourceCalls
{
    /// <summary>The calls that make it. The first one makes the thing itself: when that is refused, nothing of it exists.</summary>
    public abstract IEnumerable<ApiCall> Create(string physicalId, MappingNode properties);

    /// <summary>The calls from one set of properties to another. Each may be made again: an interrupted update is undone as a whole.</summary>
    public abstract IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after);

    public abstract IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties);

    /// <summary>How the resource differs from properties that a stack set.</summary>
    public abstract Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties);

    /// <summary>Whether creating it would meet one that exists already.</summary>
    public virtual async Task<bool> IsTaken(Reality reality, string physicalId, MappingNode properties) => await Inspect(reality, physicalId, properties) is { Known: true, Gone: false };

    /// <summary>Every type, one row each; <c>ResourceTypes</c> says what their templates look like.</summary>
    public static readonly FrozenDictionary<string, ResourceCalls> ByType = new Dictionary<string, ResourceCalls>(StringComparer.Ordinal)
    {
        ["AWS::IAM::OIDCProvider"] = new OidcProvider(),
        ["AWS::IAM::Role"] = new Role(),
        ["AWS::IAM::RolePolicy"] = new InlinePolicy(InlinePolicy.OfRole),
        ["AWS::IAM::User"] = new User(),
        ["AWS::IAM::UserPolicy"] = new InlinePolicy(InlinePolicy.OfUser),
        ["AWS::IAM::Group"] = new Group(),
        ["AWS::IAM::GroupPolicy"] = new InlinePolicy(InlinePolicy.OfGroup),
        ["AWS::IAM::UserToGroupAddition"] = new UserToGroupAddition(),
        ["AWS::IAM::Policy"] = new InlinePolicy(InlinePolicy.OfMany),
        ["AWS::IAM::ManagedPolicy"] = new ManagedPolicy(),
        ["AWS::S3::Bucket"] = new Bucket(),
        ["AWS::S3::BucketPolicy"] = new BucketPolicy(),
        ["AWS::CDK::Metadata"] = new Nothing(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A type that stands for nothing outside the template.</summary>
    private sealed class Nothing : ResourceCalls
    {
        public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) => [];

        public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after) => [];

        public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) => [];

        public override Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties) => Task.FromResult(Drift.None);

        public override Task<bool> IsTaken(Reality reality, string physicalId, MappingNode properties) => Task.FromResult(false);
    }
}
