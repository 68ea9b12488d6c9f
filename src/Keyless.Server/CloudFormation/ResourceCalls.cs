using System.Collections.Frozen;
using Keyless.Language.Tree;
using Keyless.Server.CloudFormation.Resources;

namespace Keyless.Server.CloudFormation;

/// <summary>
/// A resource type as API calls. <paramref name="generation"/> counts the changes made to the resource before, for types whose
/// versions are numbered.
/// </summary>
internal abstract class ResourceCalls
{
    public abstract IEnumerable<ApiCall> Create(string physicalId, MappingNode properties);

    public abstract IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after, int generation);

    public abstract IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties);

    /// <summary>Every type, one row each; <c>ResourceTypes</c> says what their templates look like.</summary>
    public static readonly FrozenDictionary<string, ResourceCalls> ByType = new Dictionary<string, ResourceCalls>(StringComparer.Ordinal)
    {
        ["AWS::IAM::OIDCProvider"] = new OidcProvider(),
        ["AWS::IAM::Role"] = new Role(),
        ["AWS::IAM::RolePolicy"] = new InlinePolicy(InlinePolicy.OfRole),
        ["AWS::IAM::User"] = new User(),
        ["AWS::IAM::UserPolicy"] = new InlinePolicy(InlinePolicy.OfUser),
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

        public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after, int generation) => [];

        public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) => [];
    }
}
