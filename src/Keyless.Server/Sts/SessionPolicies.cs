using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;
using Keyless.Server.Iam;
using Keyless.Server.Storage;

namespace Keyless.Server.Sts;

/// <summary>The session policies of a request: one inline, and managed ones by ARN. IAM User Guide, "Session policies".</summary>
internal sealed record SessionPolicies(string? Inline, ImmutableArray<string> Arns)
{
    private const int MostArns = 10;

    public static SessionPolicies None { get; } = new(null, []);

    /// <summary>Reads the parameters; what is wrong with their form goes to <paramref name="check"/>.</summary>
    public static SessionPolicies Read(Constraints check)
    {
        if (!check.Parameters.Has("Policy"u8) && !check.Parameters.Has("PolicyArns"u8))
        {
            return None;
        }

        var inline = check.Optional("Policy", 1, 2048, ParameterPattern.Document);
        var arns = new List<string>();
        var numbers = check.Parameters.Numbers("PolicyArns");
        check.Count("PolicyArns", numbers.Count, MostArns);
        foreach (var number in numbers.Count > MostArns ? [] : numbers)
        {
            var arn = check.Parameters.Text($"PolicyArns.member.{number}.arn") ?? "";
            check.At($"policyArns.{number}.member.arn", arn, 20, 2048, ParameterPattern.Arn, $"PolicyArns.member.{number}.arn");
            arns.Add(arn);
        }

        return new SessionPolicies(inline, [.. arns]);
    }

    /// <summary>What is wrong with their content; null when they can limit a session.</summary>
    public (AwsError Error, string Cause, string? Mend)? FaultIn(IamState state, string account)
    {
        if (Inline is not null && Documents.Fault(Inline, PolicyKind.Session) is { } fault)
        {
            return (fault, $"the session policy is malformed: {fault.Reason}", fault.Mend);
        }

        foreach (var arn in Arns)
        {
            if (arn.StartsWith("arn:aws:iam::aws:policy/", StringComparison.Ordinal))
            {
                continue;
            }

            if (state.PolicyByArn(arn)?.Account != account)
            {
                var (cause, mend) = ManagedPolicies.WhyAbsent(state.Account(account), arn);
                return (CommonErrors.ValidationError($"Policy {arn} does not exist or is not attachable."), $"`PolicyArns`: {cause}", mend);
            }
        }

        return null;
    }
}
