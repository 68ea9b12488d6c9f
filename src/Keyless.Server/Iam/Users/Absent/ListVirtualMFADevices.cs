using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users.Absent;

/// <summary>Always none. IAM API Reference, <c>ListVirtualMFADevices</c>.</summary>
internal sealed class ListVirtualMFADevices(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListVirtualMFADevices);

    protected override IamResource Resource(IamCall call) => new($"arn:aws:iam::{call.Account}:mfa/");

    protected override AwsResponse Run(IamCall call)
    {
        call.Check.OneOf("AssignmentStatus", "Assigned", "Unassigned", "Any");
        return call.List<string>("VirtualMFADevices", [], item => item, StringComparer.Ordinal, (xml, item) => xml.Element("member", item));
    }
}
