namespace Keyless.Server.Iam.Users.Absent;

/// <summary>IAM API Reference, <c>ListSigningCertificates</c>.</summary>
internal sealed class ListSigningCertificates(IamService iam) : NoneOfUser(iam, nameof(ListSigningCertificates), "Certificates", 128);
