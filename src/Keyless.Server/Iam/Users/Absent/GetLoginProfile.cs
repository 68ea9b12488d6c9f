namespace Keyless.Server.Iam.Users.Absent;

/// <summary>IAM API Reference, <c>GetLoginProfile</c>.</summary>
internal sealed class GetLoginProfile(IamService iam) : NoLoginProfile(iam, nameof(GetLoginProfile));
