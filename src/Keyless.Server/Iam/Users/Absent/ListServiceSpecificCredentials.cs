namespace Keyless.Server.Iam.Users.Absent;

/// <summary>IAM API Reference, <c>ListServiceSpecificCredentials</c>.</summary>
internal sealed class ListServiceSpecificCredentials(IamService iam) : NoneOfUser(iam, nameof(ListServiceSpecificCredentials), "ServiceSpecificCredentials", 64);
