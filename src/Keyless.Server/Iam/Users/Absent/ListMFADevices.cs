namespace Keyless.Server.Iam.Users.Absent;

/// <summary>IAM API Reference, <c>ListMFADevices</c>.</summary>
internal sealed class ListMFADevices(IamService iam) : NoneOfUser(iam, nameof(ListMFADevices), "MFADevices", 128);
