using System.Diagnostics;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;

namespace Bench.Prove;

/// <summary>
/// Milliseconds for each question, the best of fifteen, about thirteen policies as people write them, and one written to hurt, beside cvc5 and z3 on the exported
/// question where they are installed. Whatever a solver decides must agree.
/// </summary>
internal static class ProofBenchmark
{
    private const string Host = "token.actions.githubusercontent.com";
    private const int Rounds = 15;

    private static readonly TokenDomain Domain = new()
    {
        Owners = [new KnownOwner("octo-org", "11", [new KnownRepository("octo-repo", "22", "private"), new KnownRepository("platform", "33", "public")])],
    };

    /// <param name="arguments">Seconds a solver may take for one question, 2 unless told; 0 leaves solvers out.</param>
    public static async Task<int> Run(string[] arguments)
    {
        var limit = arguments is [var given] ? double.Parse(given, CultureInfo.InvariantCulture) : 2;
        var solvers = limit <= 0 ? [] : new[] { ("cvc5", $"--lang=smt2 --incremental --strings-exp --tlimit={limit * 1000:F0} -"), ("z3", $"-in -T:{Math.Ceiling(limit):F0}") }
            .Where(solver => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, solver.Item1)))).ToArray();
        var times = new List<double>();

        // The published executable is compiled ahead; here the code is compiled for good first. "first ms" is the first time of one question.
        for (var i = 0; i < 20; i++)
        {
            foreach (var (_, question) in Questions().Take(40))
            {
                Time(question, out var _);
            }
        }

        var agree = true;
        Console.WriteLine($"{"question",-34} {"answer",-10} {"first ms",9} {"ms",9}{string.Concat(solvers.Select(solver => $" {solver.Item1,10} {"ms",8}"))}");
        foreach (var (name, question) in Questions())
        {
            var first = Time(question, out var answer);
            var best = Enumerable.Range(0, Rounds).Min(_ => Time(question, out var _));
            times.Add(best);
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {answer.GetType().Name.ToLowerInvariant(),-10} {first,9:F2} {best,9:F3}"));
            foreach (var (solver, options) in solvers)
            {
                var (verdict, milliseconds) = await AskSolver(solver, options, Smt2.Export(question), limit);
                agree &= verdict is null || verdict == answer is Answer.Refuted;
                Console.Write(string.Create(CultureInfo.InvariantCulture, $" {(verdict is null ? "unknown" : verdict.Value ? "refuted" : "proved"),10} {milliseconds,8:F0}"));
            }

            Console.WriteLine();
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count} questions: median {times[times.Count / 2]:F3} ms, worst {times[^1]:F1} ms"));
        if (!agree)
        {
            Console.Error.WriteLine("a solver disagrees");
        }

        return agree ? 0 : 1;
    }

    private static double Time(Question question, out Answer answer)
    {
        var start = Stopwatch.GetTimestamp();
        answer = Prover.Decide(question, new Budget());
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static IEnumerable<(string Name, Question Question)> Questions()
    {
        var policies = Policies().ToList();
        foreach (var (name, policy) in policies)
        {
            yield return ($"{name}: some", new Question(Ask.Exists, policy, null, [], Domain));
            yield return ($"{name}: outside the repository", Outside("repository", "octo-org/octo-repo", policy));
            yield return ($"{name}: outside the owner", Outside("repository_owner", "octo-org", policy));
        }

        foreach (var ((name, policy), (other, wide)) in policies.Zip(policies.Skip(1).Append(policies[0])))
        {
            yield return ($"{name} in {other}", new Question(Ask.Subset, policy, wide, [], Domain));
        }

        yield return ("organisation with Deny: pull request", new Question(Ask.Exists, policies[4].Policy, null, [new ClaimTest("event_name", ClaimOperator.Is, "pull_request")], Domain));
        yield return ("any template: outside the owner", new Question(Ask.Exists, policies[2].Policy, null, [new ClaimTest("repository_owner", ClaimOperator.Not, "octo-org")], Domain with { Templates = TemplateScope.Any }));

        // Sixty patterns with stars inside, minus all but the last of them.
        var sixty = Enumerable.Range(0, 60).Select(i => $"repo:octo-org/*{Letters(i, 40)}*:ref:refs/heads/*{Letters(i + 100, 100)}*{Letters(i + 200, 80)}*").ToArray();
        yield return ("60 long patterns minus 59", new Question(Ask.Subset, Subjects(sixty), Subjects(sixty[..59]), [], Domain));
        var huge = Enumerable.Range(0, 60).Select(i => $"repo:octo-org/*{Letters(i, 1140)}*{Letters(i + 300, 1140)}*").ToArray();
        yield return ("60 of 2,300 characters minus 59", new Question(Ask.Subset, Subjects(huge), Subjects(huge[..59]), [], Domain));
    }

    private static Question Outside(string claim, string value, PolicyDocument policy) => new(Ask.Exists, policy, null, [new ClaimTest(claim, ClaimOperator.Not, value)], Domain);

    private static IEnumerable<(string Name, PolicyDocument Policy)> Policies()
    {
        yield return ("exact branch", Subjects("repo:octo-org/octo-repo:ref:refs/heads/main"));
        yield return ("repository star", Subjects("repo:octo-org/octo-repo:*"));
        yield return ("organisation", Subjects("repo:octo-org/*"));
        yield return ("owner prefix", Subjects("repo:octo-org*"));
        yield return ("organisation with Deny", Policy(Subject("repo:octo-org/*", "repo:octo-org@11/*"), Statement("Deny", Like("*:pull_request"))));
        yield return ("thirty repositories", Subjects([.. Enumerable.Range(0, 30).Select(i => $"repo:octo-org/service-{i}:ref:refs/heads/main")]));
        yield return ("both forms", Subjects("repo:octo-org/octo-repo:*", "repo:octo-org@11/octo-repo@22:*"));
        yield return ("suffixes", Subjects("*:environment:production", "*/octo-repo:ref:refs/heads/main"));
        yield return ("scattered stars", Subjects("repo:octo-*o*r*g*/*r*e*p*o*:*m*a*i*n*", "repo:*a*b*c*:*d*e*f*"));
        yield return ("claims", Policy(Statement("Allow", Equal("aud", "sts.amazonaws.com", "repository_id", "22", "ref", "refs/heads/main"))));
        yield return ("ForAllValues typo", Policy(Statement("Allow", $$"""{"ForAllValues:StringLike":{"{{Host}}:subject":"repo:octo-org/*"} }""")));
        yield return ("star under Equals", Policy(Statement("Allow", Equal("aud", "sts.amazonaws.com", "sub", "repo:octo-org/octo-repo:*"))));
        yield return ("reusable workflow", Policy(Statement("Allow", Equal("aud", "sts.amazonaws.com", "job_workflow_ref", "octo-org/platform/.github/workflows/deploy.yml@refs/heads/main"))));
    }

    private static PolicyDocument Subjects(params string[] subjects) => Policy(Subject(subjects));

    private static string Subject(params string[] subjects) => Statement("Allow", Like(subjects));

    private static string Like(params string[] subjects) =>
        $$"""{"StringLike":{"{{Host}}:sub":[{{string.Join(',', subjects.Select(subject => $"\"{subject}\""))}}] } }""";

    private static string Equal(params string[] pairs) =>
        $$"""{"StringEquals":{ {{string.Join(',', pairs.Chunk(2).Select(pair => $"\"{Host}:{pair[0]}\":\"{pair[1]}\""))}} } }""";

    private static string Statement(string effect, string condition) =>
        $$"""{"Effect":"{{effect}}","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/{{Host}}"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{condition}} }""";

    private static PolicyDocument Policy(params string[] statements)
    {
        var parsed = PolicyParser.ParseJson(new SourceText("policy", $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}] }"""), PolicyKind.Trust);
        return parsed.Policy ?? throw new InvalidOperationException(TextRenderer.Render(parsed.Diagnostics));
    }

    /// <summary>The same letters in every run, others for every seed.</summary>
    private static string Letters(int seed, int count)
    {
        var state = ((uint)seed * 2654435761u) + 12345;
        return string.Concat(Enumerable.Range(0, count).Select(_ => (char)('a' + ((state = (state * 1664525) + 1013904223) >> 24) % 10)));
    }

    private static async Task<(bool? Sat, double Milliseconds)> AskSolver(string solver, string options, string query, double limit)
    {
        var start = new ProcessStartInfo(solver, options) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(query);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Its time ended while it was still reading.
        }

        using var ended = new CancellationTokenSource(TimeSpan.FromSeconds(limit + 5));
        try
        {
            await process.WaitForExitAsync(ended.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _ = await errors;
        var checks = query.Split("(check-sat)").Length - 1;
        return (lines.Contains("sat") ? true : lines.Count(line => line == "unsat") == checks ? false : null, clock.Elapsed.TotalMilliseconds);
    }
}
