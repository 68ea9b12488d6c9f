using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Plan;

namespace Keyless.Cli.Commands.Workflow;

/// <summary><c>keyless workflow plan</c>: what an event would start, what each job may do, and what its tokens would say.</summary>
internal static class PlanCommand
{
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record Asked(TriggerEvent Event, PlanQuestion Question);

    private sealed record Planned(WorkflowFile Workflow, TriggerDecision Decision, ImmutableArray<PlanEntry> Jobs);

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Workflow files, or folders with `.github/workflows`", DefaultValueFactory = _ => ["."] };
        var name = new Option<string>("--event") { Description = "The event", DefaultValueFactory = _ => "push" };
        var payload = new Option<string?>("--event-file", "-e", "--payload") { Description = "A JSON file with the event's payload" };
        var repository = new Option<string?>("--repository") { Description = "owner/name; default: the remote `origin`" };
        var reference = new Option<string?>("--ref") { Description = "The full ref; default: the current branch" };
        var defaultBranch = new Option<string>("--default-branch") { Description = "The repository's default branch", DefaultValueFactory = _ => "main" };
        var actor = new Option<string?>("--actor") { Description = "Who starts the run" };
        var action = new Option<string?>("--action") { Description = "The activity type, `opened` for example" };
        var changed = new Option<string[]>("--changed") { Description = "A changed file, for path filters; may be repeated" };
        var input = new Option<string[]>("--input") { Description = "An input, NAME=VALUE; may be repeated" };
        var variable = new Option<string[]>("--var") { Description = "A configuration variable, NAME=VALUE; may be repeated" };
        var fork = new Option<bool>("--from-fork") { Description = "A pull request from another repository" };
        var immutable = new Option<bool>("--immutable-subject") { Description = "Subjects carry the ids of owner and repository" };
        var repositoryId = new Option<string?>("--repository-id") { Description = "The repository's id" };
        var ownerId = new Option<string?>("--owner-id") { Description = "The owner's id" };
        var visibility = new Option<string?>("--visibility") { Description = "public, private or internal" };
        visibility.AcceptOnlyFromAmong("public", "private", "internal");
        var policy = new Option<PermissionPolicy>("--default-permissions") { Description = "What the repository grants workflows that do not say", DefaultValueFactory = _ => PermissionPolicy.Restricted };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var command = new Command("plan", "Show what an event would run and why, with each job's permissions and token claims")
        {
            paths, name, payload, repository, reference, defaultBranch, actor, action, changed, input, variable, fork, immutable, repositoryId, ownerId, visibility, policy, json,
        };
        command.SetAction(parsed =>
        {
            var files = WorkflowFiles.Find(parsed.GetValue(paths)!);
            if (files is null || !TryPairs("--input", parsed.GetValue(input) ?? [], out var inputs) || !TryPairs("--var", parsed.GetValue(variable) ?? [], out var variables))
            {
                return ExitCode.Wrong;
            }

            Node? body = null;
            var values = new ObjectValue();
            if (parsed.GetValue(payload) is { } file && !TryPayload(file, out body, out values))
            {
                return ExitCode.Wrong;
            }

            var git = GitFacts.Of(WorkflowFiles.RepositoryOf(files[0]));
            var known = new EventFacts.Known(parsed.GetValue(reference) ?? git.Ref ?? "refs/heads/" + parsed.GetValue(defaultBranch), git.Sha ?? new string('0', 40), parsed.GetValue(defaultBranch)!)
            {
                RefIsGiven = parsed.GetValue(reference) is not null,
                Repository = parsed.GetValue(repository) ?? git.Repository,
            };
            var facts = EventFacts.Of(parsed.GetValue(name)!, body, known);
            var who = parsed.GetValue(actor) ?? facts.Actor ?? "octocat";
            var asked = new Asked(
                new TriggerEvent(parsed.GetValue(name)!)
                {
                    Action = parsed.GetValue(action) ?? (values["action"].AsString is { } type ? type : null),
                    Ref = facts.Ref,
                    BaseRef = facts.BaseRef.Length > 0 ? facts.BaseRef : null,
                    ChangedFiles = parsed.GetValue(changed) is { Length: > 0 } list ? [.. list] : null,
                    Message = values["head_commit"]["message"].AsString,
                },
                new PlanQuestion(new JobFacts
                {
                    Repository = parsed.GetValue(repository) ?? facts.Repository ?? git.Repository ?? "octo-org/octo-repo",
                    RepositoryId = parsed.GetValue(repositoryId) ?? facts.RepositoryId ?? "1",
                    OwnerId = parsed.GetValue(ownerId) ?? facts.OwnerId ?? "1",
                    Visibility = parsed.GetValue(visibility) ?? facts.Visibility ?? "private",
                    EventName = parsed.GetValue(name)!,
                    Ref = facts.Ref,
                    Sha = facts.Sha,
                    HeadRef = facts.HeadRef,
                    BaseRef = facts.BaseRef,
                    Actor = who,
                    ActorId = (parsed.GetValue(actor) is null ? facts.ActorId : null) ?? JobFacts.KnownActorId(who) ?? "1",
                    FromFork = parsed.GetValue(fork) || facts.FromFork,
                    PullRequestAuthor = facts.PullRequestAuthor,
                    Enterprise = facts.Enterprise,
                    EnterpriseId = facts.EnterpriseId,
                    ImmutableSubject = parsed.GetValue(immutable) ? true : null,
                    RepositoryCreatedAt = facts.RepositoryCreatedAt,
                })
                {
                    Payload = values,
                    Inputs = inputs,
                    Variables = variables,
                    Policy = parsed.GetValue(policy),
                });
            return Run(files, asked, parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(IReadOnlyList<string> files, Asked asked, bool json)
    {
        var planned = new List<Planned>();
        foreach (var file in files)
        {
            if (!InputFile.TryRead(file, out var source, out var problem))
            {
                Terminal.Error.Problem(problem);
                return ExitCode.Wrong;
            }

            var parsed = WorkflowParser.Parse(source, new WorkflowParseOptions { Policy = asked.Question.Policy, ResolveCallee = WorkflowFiles.Resolver(file) });
            if (!parsed.IsValid)
            {
                Terminal.Error.Write(TextRenderer.Render(parsed.Diagnostics));
                return ExitCode.Wrong;
            }

            var workflow = parsed.Workflow!;
            var path = Path.GetRelativePath(WorkflowFiles.RepositoryOf(file), Path.GetFullPath(file)).Replace('\\', '/');
            var question = asked.Question with { Facts = asked.Question.Facts with { Workflow = workflow.Name ?? path, WorkflowPath = path } };
            var decision = Triggers.Decide(workflow.On, asked.Event);
            var (jobs, problems) = decision.Runs ? WorkflowPlan.Of(workflow, question) : ([], []);
            Terminal.Error.Write(TextRenderer.Render(problems));
            planned.Add(new Planned(workflow, decision, jobs));
        }

        if (json)
        {
            WriteJson(planned);
        }
        else
        {
            Write(planned);
        }

        return planned.Any(p => p.Decision.Runs) ? ExitCode.Done : ExitCode.No;
    }

    private static void Write(List<Planned> planned)
    {
        var output = Terminal.Out;
        foreach (var (workflow, decision, jobs) in planned)
        {
            output.WriteLine($"{output.Bold(workflow.Source.Name)}{(workflow.Name is { } name ? $" ({name})" : "")}: {(decision.Runs ? output.Green("runs") : output.Yellow("does not run"))}, {decision.Reason}");
            foreach (var job in jobs)
            {
                var verdict = job.Verdict switch { PlanVerdict.Runs => output.Green("runs"), PlanVerdict.Skipped => output.Yellow("skipped"), _ => output.Cyan("depends") };
                output.WriteLine($"  {new string(' ', job.Stage * 2)}{output.Bold(job.Name)}: {verdict}, {job.Reason}");
                if (job.Job is CallJob call)
                {
                    output.WriteLine($"    {new string(' ', job.Stage * 2)}calls {call.Uses.Text}{(call.Callee is null ? ", which is not at hand" : "")}");
                    continue;
                }

                var indent = new string(' ', (job.Stage * 2) + 4);
                output.WriteLine($"{indent}permissions: {Shown(job.Permissions)}");
                output.WriteLine($"{indent}id-token: {(job.Token.Granted ? "yes" : "no")}, {job.Token.Reason}");
                if (job.Token.Granted)
                {
                    output.WriteLine(job.Facts is { } facts ? $"{indent}sub: {Subject.Of(facts)}" : $"{indent}sub: known once the environment {job.Environment} is");
                }
            }
        }
    }

    private static string Shown(PermissionSet permissions)
    {
        var levels = permissions.Levels.Where(l => l.Value != PermissionLevel.None).ToList();
        return levels.Count == 0 ? "none" : string.Join(", ", levels.Select(l => $"{l.Key}: {l.Value.ToString().ToLowerInvariant()}"));
    }

    private static void WriteJson(List<Planned> planned)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, JsonOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("workflows");
            foreach (var (workflow, decision, jobs) in planned)
            {
                writer.WriteStartObject();
                writer.WriteString("file", workflow.Source.Name);
                writer.WriteBoolean("runs", decision.Runs);
                writer.WriteString("reason", decision.Reason);
                writer.WriteStartArray("jobs");
                foreach (var job in jobs)
                {
                    Write(writer, job);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter writer, PlanEntry job)
    {
        writer.WriteStartObject();
        writer.WriteString("path", job.Path);
        writer.WriteString("name", job.Name);
        writer.WriteNumber("stage", job.Stage);
        writer.WriteString("verdict", job.Verdict.ToString().ToLowerInvariant());
        writer.WriteString("reason", job.Reason);
        writer.WriteStartArray("needs");
        foreach (var need in job.Job.Needs)
        {
            writer.WriteStringValue(need.Text);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("permissions");
        foreach (var (scope, level) in job.Permissions.Levels.Where(l => l.Value != PermissionLevel.None))
        {
            writer.WriteString(scope, level.ToString().ToLowerInvariant());
        }

        writer.WriteEndObject();
        writer.WriteStartObject("idToken");
        writer.WriteBoolean("granted", job.Token.Granted);
        writer.WriteString("reason", job.Token.Reason);
        writer.WriteEndObject();
        if (job.Token.Granted && job.Facts is { } facts)
        {
            writer.WriteStartObject("claims");
            writer.WriteString("sub", Subject.Of(facts));
            foreach (var claim in Claims.Of(facts, new TokenTerms(IssuerUrl.GitHub, "sts.amazonaws.com", DateTimeOffset.UnixEpoch, "")).Where(c => c.Name is not ("sub" or "iat" or "nbf" or "exp" or "jti")))
            {
                writer.WriteString(claim.Name, claim.Text);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static bool TryPairs(string option, string[] pairs, out ObjectValue values)
    {
        values = [];
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                Terminal.Error.Problem($"`{option} {pair}` is no NAME=VALUE");
                return false;
            }

            values[pair[..equals]] = pair[(equals + 1)..];
        }

        return true;
    }

    private static bool TryPayload(string file, out Node? body, out ObjectValue values)
    {
        (body, values) = (null, []);
        if (!InputFile.TryRead(file, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return false;
        }

        var read = JsonReader.Read(source);
        if (!read.Diagnostics.IsEmpty || read.Root is not MappingNode || ValueJson.Read(source.Text).Value.AsObject is not { } members)
        {
            Terminal.Error.Write(TextRenderer.Render(read.Diagnostics));
            Terminal.Error.Problem($"`{source.Name}` is no JSON object");
            return false;
        }

        (body, values) = (read.Root, members);
        return true;
    }
}
