using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users.Absent;

/// <summary>Always none. IAM API Reference, <c>ListVirtualMFADevices</c>.</summary>
internal sealed class ListVirtualMFADevices(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListVirtualMFADevices);

    protected override string Resource(IamCall call) => $"arn:aws:iam::{call.Account}:mfa/";

    protected override AwsResponse Run(IamCall call)
    {
        call.Check.OneOf("AssignmentStatus", "Assigned", "Unassigned", "Any");
        var page = Page<string>.Of(call.Check, [], item => item, StringComparer.Ordinal, out var error);
        return page is null ? error! : call.Result(xml =>
        {
            xml.Empty("VirtualMFADevices");
            page.WriteEnd(xml);
        });
    }
}
