using Keyless.Language.Policy.Document;

namespace Keyless.Server.Iam;

/// <summary>What the ARN of a kind of IAM resource looks like, to say what is wrong with text that is none. IAM User Guide, "IAM ARNs".</summary>
/// <param name="Resource">What the last field begins with.</param>
internal sealed record ArnForm(string Resource, string Example)
{
    public static ArnForm Policy { get; } = new("policy/", "arn:aws:iam::ACCOUNT:policy/NAME");

    public static ArnForm Provider { get; } = new("oidc-provider/", "arn:aws:iam::ACCOUNT:oidc-provider/HOST");

    public static ArnForm Role { get; } = new("role/", "arn:aws:iam::ACCOUNT:role/NAME");

    public string Mend => $"write it as `{Example}`, with the 12 digits of the account";

    /// <summary>The first field that is wrong; null for an ARN of this form.</summary>
    public string? Problem(string text)
    {
        var fields = text.Split(':', 6);
        var wrong = fields[0] != "arn" ? "does not begin with `arn:`"
            : fields.Length < 6 ? $"has {fields.Length} fields where an ARN has 6, separated by colons" + (fields is [_, _, "iam", "", _] ? ": the account is missing" : "")
            : fields[2] != "iam" ? $"is of the service `{fields[2]}`, not `iam`"
            : fields[3].Length > 0 ? $"has the region `{fields[3]}`, and IAM has none: that field is empty"
            : fields[4] != "aws" && !Arn.IsAccountId(fields[4]) ? $"has {(fields[4].Length == 0 ? "no account" : $"the account `{fields[4]}`, which is not 12 digits")}"
            : !fields[5].StartsWith(Resource, StringComparison.Ordinal) ? $"names `{fields[5]}`, not `{Resource}NAME`"
            : fields[5].EndsWith('/') ? "has no name at its end"
            : null;
        return wrong is null ? null : $"the ARN `{text}` is malformed: it {wrong}";
    }
}
