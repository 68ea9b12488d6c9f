using Keyless.Server.Aws;

namespace Keyless.Server.Iam;

/// <summary>Always none; clients ask at start. IAM API Reference, <c>ListAccountAliases</c>.</summary>
internal sealed class ListAccountAliases(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListAccountAliases);

    protected override IamResource Resource(IamCall call) => IamResource.All;

    protected override AwsResponse Run(IamCall call) =>
        call.List<string>("AccountAliases", [], alias => alias, StringComparer.Ordinal, (xml, alias) => xml.Element("member", alias));
}
