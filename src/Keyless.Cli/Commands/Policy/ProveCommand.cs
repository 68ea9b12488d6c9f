using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Cli.Commands.Policy;

/// <summary><c>keyless policy prove</c>: a statement about a role's trust policy, proved or refuted by a token.</summary>
internal static class ProveCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("ROLE-FILE") { Description = "A trust policy, a role as `aws iam get-role` prints it, or a CloudFormation template; `-` reads standard input" };
        var role = new Option<string?>("--role") { Description = "One role of the template, by its logical id" };
        var exists = new Option<bool>("--exists") { Description = "Some token gets in (this is the question when none is given)" };
        var outside = new Option<string[]>("--outside") { Description = "No token outside a set gets in, `repository=octo-org/octo-repo` for example; may be repeated" };
        var covers = new Option<string[]>("--covers") { Description = "Every token of a set gets in" };
        var subset = new Option<string?>("--subset-of") { Description = "Every token it lets in another policy lets in too" };
        var equal = new Option<string?>("--equal") { Description = "It lets in what another policy lets in" };
        var where = new Option<string[]>("--where") { Description = "Speak only of tokens that pass a test; may be repeated" };
        var smt2 = new Option<string?>("--smt2") { Description = "Also write the question for an outside solver" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var domain = new DomainOptions();
        foreach (var option in new[] { outside, covers, where })
        {
            option.AllowMultipleArgumentsPerToken = true;
        }

        var command = new Command("prove", "Prove which tokens a role lets in, or show one that refutes it") { file, role, exists, outside, covers, subset, equal, where, smt2, json };
        domain.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var asked = new[] { parsed.GetValue(exists), parsed.GetValue(outside) is { Length: > 0 }, parsed.GetValue(covers) is { Length: > 0 }, parsed.GetValue(subset) is not null, parsed.GetValue(equal) is not null };
            if (asked.Count(given => given) > 1)
            {
                Terminal.Error.Problem("one question at a time: `--exists`, `--outside`, `--covers`, `--subset-of` or `--equal`");
                return Task.FromResult(ExitCode.Wrong);
            }

            var other = parsed.GetValue(subset) ?? parsed.GetValue(equal);
            if (!domain.TryRead(parsed, out var tokens)
                || !TrustPolicies.TryReadOne(parsed.GetRequiredValue(file), parsed.GetValue(role), out var a)
                || !TrustPolicies.TryReadOther(other, parsed.GetValue(role), out var b)
                || !TokenTests.TryRead(parsed.GetValue(where) ?? [], out var within)
                || !TokenTests.TryRead(parsed.GetValue(outside) is { Length: > 0 } out_ ? out_ : parsed.GetValue(covers) ?? [], out var set))
            {
                return Task.FromResult(ExitCode.Wrong);
            }

            tokens = KnownNames.In(tokens, b is null ? [a] : [a, b]);
            var isCovers = asked[2];
            var question = new Question(
                isCovers ? Ask.Covers : parsed.GetValue(subset) is not null ? Ask.Subset : parsed.GetValue(equal) is not null ? Ask.Equal : Ask.Exists, a, b, [], tokens)
            {
                Within = isCovers ? new TokenSet([.. within.Rows, .. set.Rows]) : within,
                Outside = asked[1] ? set : null,
            };
            return Task.FromResult(Run(question, set, domain.Budget(parsed, cancellation), parsed.GetValue(smt2), parsed.GetValue(json)));
        });
        return command;
    }

    private static int Run(Question question, TokenSet set, Budget budget, string? smt2, bool json)
    {
        if (smt2 is not null && !TryWrite(smt2, Smt2.Export(question)))
        {
            return ExitCode.Wrong;
        }

        var answer = Prover.Decide(question, budget);
        var claims = question.Within!.Rows.Concat(set.Rows).SelectMany(row => row).Select(test => test.Claim).ToList();

        // The question "does any get in?" is answered yes by a token; every other statement is refuted by one.
        var isTrue = question.Ask == Ask.Exists && question.Outside is null ? answer is Answer.Refuted : answer is Answer.Proved;
        if (json)
        {
            WriteJson(question, answer, isTrue);
        }
        else
        {
            Write(question, set, answer, claims);
        }

        return isTrue ? ExitCode.Done : ExitCode.No;
    }

    private static void Write(Question question, TokenSet set, Answer answer, List<string> claims)
    {
        var output = Terminal.Out;
        var name = question.A.Source.Name;
        var other = question.B?.Source.Name;
        var where = question.Ask != Ask.Covers && question.Within!.Rows.Length > 0 ? $" with {question.Within}" : "";
        switch (answer)
        {
            case Answer.Proved:
                output.WriteLine(output.Green("proved: ") + question.Ask switch
                {
                    Ask.Exists when question.Outside is not null => $"no token{where} outside {set} gets in by {name}",
                    Ask.Exists => $"no token{where} gets in by {name}",
                    Ask.Covers => $"every token with {question.Within} gets in by {name}",
                    Ask.Subset => $"every token{where} that {name} lets in {other} lets in too",
                    _ => $"{name} and {other} let in the same tokens{where}",
                });
                output.Write(ProofText.Assumptions(question.Domain));
                break;
            case Answer.Refuted refuted:
                var token = refuted.Counterexample;
                output.WriteLine((question is { Ask: Ask.Exists, Outside: null } ? output.Bold("found: ") : output.Red("refuted: ")) + question.Ask switch
                {
                    Ask.Exists when question.Outside is not null => $"a token{where} outside {set} gets in by {name}",
                    Ask.Exists => $"a token{where} gets in by {name}",
                    Ask.Covers => $"a token with {question.Within} does not get in by {name}",
                    Ask.Subset => $"{name} lets in a token{where} that {other} does not",
                    _ => refuted.AdmittedByA ? $"{name} lets in a token{where} that {other} does not" : $"{other} lets in a token{where} that {name} does not",
                });
                output.Write(ProofText.Token(token, claims, "  "));
                output.WriteLine($"  why: {ProofText.Why(token, question.A, question.Domain.Keys)}");
                if (question.B is { } b)
                {
                    output.WriteLine($"  and by {other}: {ProofText.Why(token, b, question.Domain.Keys)}");
                }

                output.WriteLine($"  try: {token.MintCommand()}");
                break;
            case Answer.Undecided undecided:
                output.WriteLine(output.Yellow("undecided: ") + undecided.Reason);
                break;
            default:
                break;
        }

        output.Write(ProofText.Others(question.A, OidcProvider.OthersIn(question.A)));
    }

    private static void WriteJson(Question question, Answer answer, bool isTrue)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, ProofText.Json))
        {
            json.WriteStartObject();
            json.WriteString("ask", question.Ask.ToString().ToLowerInvariant());
            json.WriteString("answer", answer switch { Answer.Proved => "proved", Answer.Refuted => "counterexample", _ => "undecided" });
            json.WriteBoolean("holds", isTrue);
            if (answer is Answer.Refuted refuted)
            {
                ProofText.WriteToken(json, "counterexample", refuted.Counterexample);
                json.WriteString("why", ProofText.Why(refuted.Counterexample, question.A, question.Domain.Keys));
                if (question.Ask == Ask.Equal)
                {
                    json.WriteString("admittedBy", refuted.AdmittedByA ? "A" : "B");
                }
            }

            if (answer is Answer.Undecided undecided)
            {
                json.WriteString("reason", undecided.Reason);
            }

            ProofText.WriteAssumptions(json, question.Domain);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static bool TryWrite(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminal.Error.Problem($"`{path}` cannot be written: {e.Message}");
            return false;
        }
    }
}
