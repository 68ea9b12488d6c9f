using System.CommandLine;
using Keyless.Cli.Commands.Policy;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Evaluate;
using Keyless.Server;
using Keyless.Server.Audit;
using Keyless.Server.Secrets;
using Keyless.Server.Storage;

namespace Keyless.Cli.Commands;

/// <summary>
/// <c>keyless explain</c>: a past decision, by its id or the last one; or a question that nobody has asked yet, which
/// <c>policy explain</c> answers too.
/// </summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("ID") { Description = "A decision's id, or its beginning: x-amzn-RequestId of the answer", Arity = ArgumentArity.ZeroOrOne };
        var last = new Option<bool>("--last") { Description = "The last decision" };
        var refused = new Option<bool>("--refused") { Description = "With --last: the last refusal" };
        var data = new Option<string>("--data") { Description = "The data folder", DefaultValueFactory = _ => DataFolder.DefaultName };
        var roleFile = new Option<string?>("--role-file") { Description = "Ask: would this role let the token in? A trust policy, a role or a template" };
        var roleArn = new Option<string?>("--role-arn") { Description = "Ask the same of a role in the data folder" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var token = new TokenOptions();
        var command = new Command("explain", "Why a decision was made: a past one, or one to be") { id, last, refused, data, roleFile, roleArn, json };
        token.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(roleFile) is { } file)
            {
                return token.Claims(parsed, TimeProvider.System.GetUtcNow()) is { } claims
                    ? Policy.ExplainCommand.Run(file, claims, new Policy.ExplainCommand.Question(), parsed.GetValue(json))
                    : ExitCode.Wrong;
            }

            if (parsed.GetValue(roleArn) is { } arn)
            {
                return token.Claims(parsed, TimeProvider.System.GetUtcNow()) is { } claims && RoleOf(parsed.GetRequiredValue(data), arn) is { } source
                    ? Policy.ExplainCommand.Run(source, claims, new Policy.ExplainCommand.Question { Account = arn.Split(':')[4] }, parsed.GetValue(json))
                    : ExitCode.Wrong;
            }

            if (parsed.GetValue(id) is null && !parsed.GetValue(last))
            {
                Terminal.Error.Problem("say which decision: its id, `--last`, or a question with `--role-file` or `--role-arn` and a token");
                return ExitCode.Wrong;
            }

            return Past(parsed.GetValue(id), parsed.GetValue(refused) ? false : null, parsed.GetRequiredValue(data), parsed.GetValue(json));
        });
        return command;
    }

    private static int Past(string? id, bool? allowed, string data, bool json)
    {
        if (AuditReader.OpenFolder(data) is not { } reader)
        {
            Terminal.Error.Problem($"`{data}` has no audit store: name a data folder with `--data`");
            return ExitCode.Wrong;
        }

        using (reader)
        {
            if ((id is null ? reader.Last(allowed) : reader.Find(id)) is not { } decision)
            {
                Terminal.Error.Problem(id is null ? $"nothing was decided in `{data}` yet" : $"`{data}` has no decision `{id}`; `keyless audit` lists them");
                return ExitCode.Wrong;
            }

            if (json)
            {
                Terminal.Out.WriteLine(decision.Json);
                return ExitCode.Done;
            }

            var text = DecisionText.Render(decision);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            Terminal.Out.Write((text.StartsWith("allowed", StringComparison.Ordinal) ? Terminal.Out.Green(text[..end]) : Terminal.Out.Red(text[..end])) + text[end..]);
            return ExitCode.Done;
        }
    }

    /// <summary>A role's trust policy from a data folder's state; null with a problem printed.</summary>
    private static SourceText? RoleOf(string data, string arn)
    {
        var path = Path.Combine(data, "keyless.db");
        if (!File.Exists(path))
        {
            Terminal.Error.Problem($"`{data}` holds no Keyless state: name a data folder with `--data`");
            return null;
        }

        using var db = Db.Open(path, "Iam");
        var state = new IamStore(db, MasterKey.OfFolder(data)).State;
        if (state.RoleByArn(arn) is { } role)
        {
            return new SourceText(role.Arn, role.TrustPolicy.Json);
        }

        var near = Suggest.Nearest(arn, state.Accounts.Values.SelectMany(account => account.Roles.Values).Select(found => found.Arn));
        Terminal.Error.Problem($"`{data}` has no role `{arn}`" + (near is null ? "" : $"; did you mean `{near}`?"));
        return null;
    }
}
