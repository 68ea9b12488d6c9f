using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Cli.Commands.Policy;

/// <summary><c>keyless policy who-can</c>: everyone a role lets in, widest first, each with an example token.</summary>
internal static class WhoCanCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("ROLE-FILE") { Description = "A trust policy, a role as `aws iam get-role` prints it, or a CloudFormation template; `-` reads standard input" };
        var role = new Option<string?>("--role") { Description = "One role of the template, by its logical id" };
        var json = new Option<bool>("--json") { Description = "Machine output" };
        var domain = new DomainOptions();
        var command = new Command("who-can", "Who can assume a role, widest first, each with an example token") { file, role, json };
        domain.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(
            !domain.TryRead(parsed, out var tokens) || !TrustPolicies.TryReadAll(parsed.GetRequiredValue(file), out var roles)
                ? ExitCode.Wrong
                : Run(roles, parsed.GetValue(role), tokens, () => domain.Budget(parsed, cancellation), parsed.GetValue(json))));
        return command;
    }

    private static int Run(IReadOnlyList<RoleFile> roles, string? wanted, TokenDomain domain, Func<Budget> budget, bool json)
    {
        var chosen = roles.Where(role => wanted is null || role.Name == wanted).ToList();
        if (chosen.Count == 0)
        {
            Terminal.Error.Problem($"there is no role `{wanted}`; there is {string.Join(", ", roles.Select(role => $"`{role.Name}`"))}");
            return ExitCode.Wrong;
        }

        var answers = chosen.Select(role => (Role: role, Admissions: WhoCan.Assume(role.Trust, domain, budget()))).ToList();
        if (json)
        {
            WriteJson(answers);
        }
        else
        {
            foreach (var ((role, admissions), i) in answers.Select((answer, i) => (answer, i)))
            {
                Terminal.Out.Write(i == 0 ? "" : "\n");
                Write(role, admissions);
            }
        }

        return answers.Exists(answer => answer.Admissions.Undecided is not null) ? ExitCode.No : ExitCode.Done;
    }

    private static void Write(RoleFile role, Admissions admissions)
    {
        var output = Terminal.Out;
        if (admissions.Admitted.IsEmpty && admissions.Undecided is null)
        {
            output.WriteLine($"{output.Bold(role.Name)}: no job on GitHub can assume it");
            foreach (var cause in WhoCan.WhyNobody(role.Trust, admissions.Domain))
            {
                output.WriteLine($"  because  {cause}");
            }
        }
        else
        {
            output.WriteLine($"{output.Bold(role.Name)} can be assumed, widest first, by");
        }

        foreach (var (admission, i) in admissions.Admitted.Select((admission, i) => (admission, i)))
        {
            var who = admission.Width <= 1 ? output.Red(admission.Who) : output.Bold(admission.Who);
            output.WriteLine($"\n{i + 1,3}. {who}");
            foreach (var jobs in admission.Jobs)
            {
                var which = jobs.Extent == Extent.All ? "all" : jobs.Limits.IsEmpty ? "some" : string.Join(" or ", jobs.Limits);
                output.WriteLine($"       {jobs.Kind,-14} {which}{(jobs.Note is null ? "" : output.Dim($"  ({jobs.Note})"))}");
            }

            if (!admission.Conditions.IsEmpty)
            {
                output.WriteLine($"       {"when",-14} {string.Join(" and ", admission.Conditions)}");
            }

            output.WriteLine($"       {"for example",-14} {admission.Example.Subject}");
            output.WriteLine($"       {"",-14} {output.Dim(admission.Example.MintCommand())}");
        }

        output.WriteLine();
        if (admissions.Undecided is { } reason)
        {
            output.WriteLine($"  {output.Yellow("incomplete")}: {reason}");
        }

        output.Write(ProofText.Others(role.Trust, admissions.Others));
        if (admissions.StrangerByTemplate is { } stranger)
        {
            output.WriteLine($"  {output.Red("danger")}   anyone may customise the subjects of their own repository, and then {stranger.Job.Repository} gets in as");
            output.WriteLine($"           {stranger.Subject}");
            output.WriteLine($"           {output.Dim(stranger.MintCommand())}");
        }

        if (admissions.Admitted.Any(admission => admission is { TrustsNames: true, Width: > 1 and < 4 }))
        {
            output.WriteLine("  note     names are trusted without ids: if one is freed, whoever registers it next gets in (`--names recyclable` shows how)");
        }

        output.Write(ProofText.Assumptions(admissions.Domain));
    }

    private static void WriteJson(List<(RoleFile Role, Admissions Admissions)> answers)
    {
        using var stream = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(stream, ProofText.Json))
        {
            json.WriteStartArray();
            foreach (var (role, admissions) in answers)
            {
                json.WriteStartObject();
                json.WriteString("role", role.Name);
                json.WriteBoolean("complete", admissions.Undecided is null);
                if (admissions.Undecided is { } reason)
                {
                    json.WriteString("reason", reason);
                }

                json.WriteStartArray("admits");
                foreach (var admission in admissions.Admitted)
                {
                    Write(json, admission);
                }

                json.WriteEndArray();
                if (admissions.StrangerByTemplate is { } stranger)
                {
                    ProofText.WriteToken(json, "strangerByTemplate", stranger);
                }

                json.WriteStartArray("leftOut");
                foreach (var statement in admissions.Others)
                {
                    json.WriteStringValue(ProofText.Place(role.Trust, statement));
                }

                json.WriteEndArray();
                ProofText.WriteAssumptions(json, admissions.Domain);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void Write(Utf8JsonWriter json, Admission admission)
    {
        json.WriteStartObject();
        json.WriteString("who", admission.Who);
        json.WriteStartArray("jobs");
        foreach (var jobs in admission.Jobs)
        {
            json.WriteStartObject();
            json.WriteString("kind", jobs.Kind);
            json.WriteString("extent", jobs.Extent.ToString().ToLowerInvariant());
            json.WriteStartArray("limits");
            foreach (var limit in jobs.Limits)
            {
                json.WriteStringValue(limit);
            }

            json.WriteEndArray();
            if (jobs.Note is not null)
            {
                json.WriteString("note", jobs.Note);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("when");
        foreach (var condition in admission.Conditions)
        {
            json.WriteStringValue(condition);
        }

        json.WriteEndArray();
        ProofText.WriteToken(json, "example", admission.Example);
        json.WriteEndObject();
    }
}
