namespace Keyless.Server.Iam.Users.Absent;

/// <summary>IAM API Reference, <c>ListSSHPublicKeys</c>.</summary>
internal sealed class ListSSHPublicKeys(IamService iam) : NoneOfUser(iam, nameof(ListSSHPublicKeys), "SSHPublicKeys", 64);
