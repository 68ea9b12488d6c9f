using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary><c>keyless policy explain</c>: whether a role lets a token in, and why.</summary>
internal static class ExplainCommand
{
    private const string UnknownAccount = "111122223333";

    public static Command Create()
    {
        var file = new Argument<string>("ROLE-FILE") { Description = "A trust policy, a role as `aws iam get-role` prints it, or a CloudFormation template; `-` reads standard input" };
        var role = new Option<string?>("--role") { Description = "One role of the template, by its logical id" };
        var account = new Option<string?>("--account") { Description = "The role's account; default: the one of the provider the policy names" };
        var session = new Option<string>("--session-name") { Description = "The session name asked for", DefaultValueFactory = _ => "GitHubActions" };
        var all = new Option<bool>("--all") { Description = "Show every check, also of policies that did not decide" };
        var line = new Option<bool>("--one-line") { Description = "Only the cause, one line a role" };
        var json = new Option<bool>("--json") { Description = "Machine output, one JSON object a role" };
        var token = new TokenOptions();
        var command = new Command("explain", "Whether a role lets a token in, and exactly why (not)") { file, role, account, session, all, line, json };
        token.AddTo(command);
        command.SetAction(parsed =>
        {
            var question = new Question { Role = parsed.GetValue(role), Account = parsed.GetValue(account), SessionName = parsed.GetValue(session)! };
            return token.Claims(parsed, TimeProvider.System.GetUtcNow()) is { } claims
                ? Run(parsed.GetRequiredValue(file), claims, question, parsed.GetValue(json), parsed.GetValue(line), parsed.GetValue(all))
                : ExitCode.Wrong;
        });
        return command;
    }

    /// <summary>What is asked of which role.</summary>
    internal sealed record Question
    {
        /// <summary>One role of a template; null for every role there is.</summary>
        public string? Role { get; init; }

        public string? Account { get; init; }

        public string SessionName { get; init; } = "GitHubActions";
    }

    /// <summary>Answers for the roles of a file; <c>keyless explain --role-file</c> asks the same.</summary>
    internal static int Run(string file, MappingNode claims, Question question, bool json, bool oneLine = false, bool all = false)
    {
        if (InputFile.TryRead(file, out var source, out var problem))
        {
            return Run(source, claims, question, json, oneLine, all);
        }

        Terminal.Error.Problem(problem);
        return ExitCode.Wrong;
    }

    internal static int Run(SourceText source, MappingNode claims, Question question, bool json, bool oneLine = false, bool all = false)
    {
        if (Roles(source, question) is not { } roles)
        {
            return ExitCode.Wrong;
        }

        var worst = ExitCode.Done;
        foreach (var (one, first) in roles.Select((r, i) => (r, i == 0)))
        {
            var decision = Decide(one, claims, question.Account, question.SessionName, TimeProvider.System.GetUtcNow());
            Print(one, decision, roles.Count > 1, first, json, oneLine, all);
            worst = decision.Verdict == Verdict.Allow ? worst : ExitCode.No;
        }

        return worst;
    }

    private static List<RoleFile>? Roles(SourceText source, Question question)
    {
        var (roles, problems) = RoleFile.Read(source, question.Account);
        if (!problems.IsEmpty)
        {
            Terminal.Error.Write(TextRenderer.Render(problems));
            return null;
        }

        var wanted = question.Role;
        var chosen = roles.Where(r => wanted is null || r.Name == wanted).ToList();
        if (chosen.Count == 0)
        {
            var near = Suggest.Nearest(wanted!, roles.Select(r => r.Name));
            Terminal.Error.Problem($"`{source.Name}` has no role `{wanted}`; {(near is null ? $"it has {string.Join(", ", roles.Select(r => $"`{r.Name}`"))}" : $"did you mean `{near}`?")}");
            return null;
        }

        return chosen;
    }

    private static Decision Decide(RoleFile role, MappingNode claims, string? givenAccount, string session, DateTimeOffset now)
    {
        var known = Arn.TryParse(role.Arn, out var arn);
        var account = givenAccount ?? (known ? arn.Account.ToString() : null) ?? WebIdentityRequest.AccountOf(role.Trust) ?? UnknownAccount;
        var request = new WebIdentityRequest(claims, account, role.Arn ?? $"arn:aws:iam::{account}:role/{Path.GetFileNameWithoutExtension(role.Name)}", now)
        {
            SessionName = session,
            Partition = known ? arn.Partition.ToString() : "aws",
        };
        return Authorizer.Explain(request.ToAccessRequest(), new PolicySet { Resource = CompiledPolicy.Compile(role.Trust, role.Name), ResourcePolicyDelegates = true });
    }

    private static void Print(RoleFile role, Decision decision, bool several, bool first, bool json, bool oneLine, bool all)
    {
        if (json)
        {
            using var output = Console.OpenStandardOutput();
            using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                writer.WriteStartObject();
                writer.WriteString("role", role.Name);
                writer.WritePropertyName("explanation");
                ExplanationJson.Write(decision.Explanation, writer);
                writer.WriteEndObject();
            }

            output.WriteByte((byte)'\n');
            return;
        }

        var name = several ? $"{role.Name}: " : "";
        var text = oneLine ? ExplanationText.OneLine(decision.Explanation) + "\n" : ExplanationText.Render(decision.Explanation, all);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var headline = decision.Verdict == Verdict.Allow ? Terminal.Out.Green(text[..end]) : Terminal.Out.Red(text[..end]);
        Terminal.Out.Write($"{(first || oneLine ? "" : "\n")}{name}{headline}{text[end..]}");
    }
}
