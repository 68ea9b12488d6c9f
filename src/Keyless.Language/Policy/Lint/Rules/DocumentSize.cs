using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A document over the limit of its kind.</summary>
internal sealed class DocumentSize : Rule
{
    public override Check Check { get; } = new("document-size", Severity.Warning, "more characters than AWS takes")
    {
        Why = "AWS limits the length of each kind of policy, counted without white space. A policy over its limit cannot be saved.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": [
                "arn:aws:s3:::acme-site-00/public/*", "arn:aws:s3:::acme-site-00/shared/*",
                "arn:aws:s3:::acme-site-01/public/*", "arn:aws:s3:::acme-site-01/shared/*",
                "arn:aws:s3:::acme-site-02/public/*", "arn:aws:s3:::acme-site-02/shared/*",
                "arn:aws:s3:::acme-site-03/public/*", "arn:aws:s3:::acme-site-03/shared/*",
                "arn:aws:s3:::acme-site-04/public/*", "arn:aws:s3:::acme-site-04/shared/*",
                "arn:aws:s3:::acme-site-05/public/*", "arn:aws:s3:::acme-site-05/shared/*",
                "arn:aws:s3:::acme-site-06/public/*", "arn:aws:s3:::acme-site-06/shared/*",
                "arn:aws:s3:::acme-site-07/public/*", "arn:aws:s3:::acme-site-07/shared/*",
                "arn:aws:s3:::acme-site-08/public/*", "arn:aws:s3:::acme-site-08/shared/*",
                "arn:aws:s3:::acme-site-09/public/*", "arn:aws:s3:::acme-site-09/shared/*",
                "arn:aws:s3:::acme-site-10/public/*", "arn:aws:s3:::acme-site-10/shared/*",
                "arn:aws:s3:::acme-site-11/public/*", "arn:aws:s3:::acme-site-11/shared/*",
                "arn:aws:s3:::acme-site-12/public/*", "arn:aws:s3:::acme-site-12/shared/*",
                "arn:aws:s3:::acme-site-13/public/*", "arn:aws:s3:::acme-site-13/shared/*",
                "arn:aws:s3:::acme-site-14/public/*", "arn:aws:s3:::acme-site-14/shared/*",
                "arn:aws:s3:::acme-site-15/public/*", "arn:aws:s3:::acme-site-15/shared/*",
                "arn:aws:s3:::acme-site-16/public/*", "arn:aws:s3:::acme-site-16/shared/*",
                "arn:aws:s3:::acme-site-17/public/*", "arn:aws:s3:::acme-site-17/shared/*",
                "arn:aws:s3:::acme-site-18/public/*", "arn:aws:s3:::acme-site-18/shared/*",
                "arn:aws:s3:::acme-site-19/public/*", "arn:aws:s3:::acme-site-19/shared/*",
                "arn:aws:s3:::acme-site-20/public/*", "arn:aws:s3:::acme-site-20/shared/*",
                "arn:aws:s3:::acme-site-21/public/*", "arn:aws:s3:::acme-site-21/shared/*",
                "arn:aws:s3:::acme-site-22/public/*", "arn:aws:s3:::acme-site-22/shared/*",
                "arn:aws:s3:::acme-site-23/public/*", "arn:aws:s3:::acme-site-23/shared/*",
                "arn:aws:s3:::acme-site-24/public/*", "arn:aws:s3:::acme-site-24/shared/*",
                "arn:aws:s3:::acme-site-25/public/*", "arn:aws:s3:::acme-site-25/shared/*",
                "arn:aws:s3:::acme-site-26/public/*", "arn:aws:s3:::acme-site-26/shared/*",
                "arn:aws:s3:::acme-site-27/public/*", "arn:aws:s3:::acme-site-27/shared/*",
                "arn:aws:s3:::acme-site-28/public/*", "arn:aws:s3:::acme-site-28/shared/*",
                "arn:aws:s3:::acme-site-29/public/*", "arn:aws:s3:::acme-site-29/shared/*",
                "arn:aws:s3:::acme-site-30/public/*", "arn:aws:s3:::acme-site-30/shared/*",
                "arn:aws:s3:::acme-site-31/public/*", "arn:aws:s3:::acme-site-31/shared/*"
              ] }]
            }
            """, PolicyKind.Session),
        Good = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """, PolicyKind.Session),
        Source = Pages.Quotas,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var written = policy.Source[policy.Document.Span];
        var (limit, what, countsSpace) = policy.Kind switch
        {
            PolicyKind.Trust => (2048, "a trust policy (AWS raises it to 4,096 on request)", false),
            PolicyKind.Session => (2048, "an inline session policy", false),
            PolicyKind.Resource => (20480, "a bucket policy", true),
            PolicyKind.ServiceControl => (5120, "a service control policy", true),
            PolicyKind.ResourceControl => (5120, "a resource control policy", true),
            PolicyKind.Endpoint => (20480, "an endpoint policy", true),
            _ => (6144, "a managed policy; a role's inline policies have 10,240 together, a user's 2,048", false),
        };
        var length = countsSpace ? written.Length : LengthWithoutSpace(written);
        if (length > limit)
        {
            report.At(policy.Start, $"the policy has {length:N0} characters, more than the {limit:N0} of {what}", "split it, or shorten it: join statements that differ in one value, use ids in place of lists of names");
        }
    }

    /// <summary>White space inside strings counts, the rest does not.</summary>
    private static int LengthWithoutSpace(string text)
    {
        var (count, quoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            count += quoted || !char.IsWhiteSpace(text[i]) ? 1 : 0;
            if (quoted && text[i] == '\\')
            {
                count++;
                i++;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
        }

        return count;
    }
}
