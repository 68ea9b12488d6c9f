namespace Keyless.Server.Iam.Users.Absent;

/// <summary>IAM API Reference, <c>DeleteLoginProfile</c>.</summary>
internal sealed class DeleteLoginProfile(IamService iam) : NoLoginProfile(iam, nameof(DeleteLoginProfile));
