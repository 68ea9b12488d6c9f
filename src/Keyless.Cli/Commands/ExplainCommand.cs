using System.CommandLine;
using Keyless.Cli.Commands.Policy;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;
using Keyless.Server;
using Keyless.Server.Audit;
using Keyless.Server.Oidc;
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
        var refused = new Option<bool>("--refused") { Description = "The last refusal" };
        var (data, endpoint) = AuditSource.Options();
        var roleFile = new Option<string?>("--role-file") { Description = "Ask: would this role let the token in? A trust policy, a role or a template" };
        var roleArn = new Option<string?>("--role-arn") { Description = "Ask the same of a role in the data folder or on the server" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var token = new TokenOptions();
        var command = new Command("explain", "Why a decision was made: a past one, or one to be") { id, last, refused, data, endpoint, roleFile, roleArn, json };
        token.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            string?[] asked = [parsed.GetValue(id), parsed.GetValue(last) || parsed.GetValue(refused) ? "--last" : null, parsed.GetValue(roleFile), parsed.GetValue(roleArn)];
            if (asked.Count(one => one is not null) != 1)
            {
                Terminal.Error.Problem(Array.TrueForAll(asked, one => one is null)
                    ? "say which decision: its id, `--last`, `--refused` for the last refusal, or a question with `--role-file` or `--role-arn` and a token"
                    : "one question at a time: a decision's id, `--last`, `--role-file` or `--role-arn`");
                return ExitCode.Wrong;
            }

            if (parsed.GetValue(roleFile) is { } file)
            {
                return Claims(token, parsed, parsed.GetValue(data)) is { } claims
                    ? Policy.ExplainCommand.Run(file, claims, new Policy.ExplainCommand.Question(), parsed.GetValue(json))
                    : ExitCode.Wrong;
            }

            if (parsed.GetValue(roleArn) is { } arn)
            {
                if (!Arn.TryParse(arn, out var role) || !role.Resource.StartsWith("role/", StringComparison.Ordinal))
                {
                    Terminal.Error.Problem($"`--role-arn {arn}` is no role's ARN such as arn:aws:iam::{ServerOptions.DefaultAccount}:role/deploy");
                    return ExitCode.Wrong;
                }

                if (Claims(token, parsed, parsed.GetValue(data)) is not { } claims)
                {
                    return ExitCode.Wrong;
                }

                var (source, exit) = await RoleOf(parsed.GetValue(data), parsed.GetValue(endpoint), arn, cancellation);
                return source is null ? exit : Policy.ExplainCommand.Run(source, claims, new Policy.ExplainCommand.Question { Account = role.Account.ToString() }, parsed.GetValue(json));
            }

            return await Past(parsed.GetValue(id), parsed.GetValue(refused) ? false : null, parsed.GetValue(data), parsed.GetValue(endpoint), parsed.GetValue(json), cancellation);
        });
        return command;
    }

    /// <summary>The claims that are asked about; those of a job as the data folder's issuer would write them.</summary>
    private static MappingNode? Claims(TokenOptions token, ParseResult parsed, string? data)
    {
        var folder = data ?? DataFolder.DefaultName;
        var (settings, problems) = Directory.Exists(folder) ? new IssuerSettingsFile(folder).Read() : (IssuerSettings.None, []);
        if (settings is null)
        {
            Terminal.Error.Write(TextRenderer.Render(problems));
            return null;
        }

        return token.Claims(parsed, TimeProvider.System.GetUtcNow(), settings.Apply);
    }

    private static async Task<int> Past(string? id, bool? allowed, string? data, string? endpoint, bool json, CancellationToken cancellation)
    {
        if (id is not null && !id.All(c => char.IsAsciiHexDigit(c) || c == '-'))
        {
            Terminal.Error.Problem($"`{id}` is no decision's id: it is the `x-amzn-RequestId` of the answer, or its beginning, in the digits 0-9 and a-f");
            return ExitCode.Wrong;
        }

        if (AuditSource.Open(data, endpoint) is not { } source)
        {
            return ExitCode.Wrong;
        }

        using (source)
        {
            StoredDecision? decision;
            ServerProblem? problem;
            if (id is not null)
            {
                (decision, problem) = await source.Find(id, cancellation);
            }
            else
            {
                (var found, _, problem) = await source.Query(new AuditFilter { Allowed = allowed, Limit = 1 }, cancellation);
                decision = found.Count == 0 ? null : found[0];
            }

            if (decision is null)
            {
                Terminal.Error.Problem(problem?.Message ?? (id is not null ? $"{source.Name} has no decision `{id}`{(id.Length < 36 ? ", or several that begin so" : "")}; `keyless audit` lists them"
                    : allowed == false ? $"nothing was refused in {source.Name} yet"
                    : $"nothing was decided in {source.Name} yet"));
                return problem?.ExitCode ?? ExitCode.Wrong;
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

    /// <summary>A role's trust policy from where decisions are read; null with a problem printed.</summary>
    private static async Task<(SourceText? Policy, int ExitCode)> RoleOf(string? data, string? endpoint, string arn, CancellationToken cancellation)
    {
        endpoint ??= data is null && !File.Exists(Path.Combine(DataFolder.DefaultName, "keyless.db")) && Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL") is { Length: > 0 } set ? set : null;
        if (endpoint is null)
        {
            return (RoleOf(data ?? DataFolder.DefaultName, arn), ExitCode.Wrong);
        }

        if (ServerClient.Open(endpoint, out var problem) is { } client)
        {
            using (client)
            {
                (var policy, problem) = await client.TrustPolicy(arn, cancellation);
                if (policy is not null)
                {
                    return (new SourceText(arn, policy), ExitCode.Done);
                }
            }
        }

        Terminal.Error.Problem(problem!.Message);
        return (null, problem.ExitCode);
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
