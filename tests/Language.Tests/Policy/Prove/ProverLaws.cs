using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;
using Xunit;

namespace Language.Tests.Policy.Prove;

public sealed class ProverLaws
{
    private static readonly int Questions = int.TryParse(Environment.GetEnvironmentVariable("KEYLESS_PROVE_QUESTIONS"), CultureInfo.InvariantCulture, out var given) ? given : 100;
    private static readonly int OracleQuestions = int.TryParse(Environment.GetEnvironmentVariable("KEYLESS_ORACLE_QUESTIONS"), CultureInfo.InvariantCulture, out var given) ? given : 6;

    [Fact]
    public void Every_random_question_is_decided_and_its_witness_confirmed()
    {
        var random = new RandomQuestions(7);
        var (proved, refuted) = (0, 0);
        for (var i = 0; i < Questions; i++)
        {
            var question = random.Next();
            switch (Prover.Decide(question, new Budget(cancellation: TestContext.Current.CancellationToken)))
            {
                case Answer.Proved:
                    proved++;
                    break;
                case Answer.Refuted refutation:
                    refuted++;
                    Check(question, refutation);
                    break;
                case Answer.Undecided undecided:
                    Assert.Fail($"question {i}: {undecided.Reason}\n{question.A.Source.Text}\n{question.B?.Source.Text}\n{string.Join(", ", question.Where)}");
                    break;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{proved} proved, {refuted} refuted");
        Assert.True(proved > Questions / 10 && refuted > Questions / 10, $"{proved} proved, {refuted} refuted: the questions became one-sided");
    }

    [Fact]
    public void A_random_token_never_contradicts_a_proof_nor_the_formula_the_evaluator()
    {
        var random = new RandomQuestions(11);
        var judged = 0;
        for (var i = 0; i < Questions; i++)
        {
            var question = random.Next();
            var proved = Prover.Decide(question, new Budget(cancellation: TestContext.Current.CancellationToken)) is Answer.Proved;
            foreach (var provider in Prover.ProvidersOf(question))
            {
                var problem = new Problem(question.Domain, provider) { Admits = question.A };
                var prepared = problem.Prepare(new TokenWorld(question.Domain, provider));
                var shapes = prepared.Shapes.ToList();
                for (var j = 0; j < 40; j++)
                {
                    var shape = shapes[random.Below(shapes.Count)];
                    var solver = new ShapeSolver(shape, prepared.Choices, new Budget());
                    var model = new Model(solver);
                    foreach (var variable in Variables(shape))
                    {
                        var word = random.Word();
                        if (variable.Admits(word))
                        {
                            model[variable] = word;
                        }
                    }

                    var token = Counterexample.Of(shape, model, provider, prepared.Atoms);
                    var admitted = token.Replay(question.A, question.Domain.Keys) == Verdict.Allow;
                    judged++;
                    Assert.True(
                        solver.Simplify(prepared.Formula).Holds(model.Holds) == admitted,
                        $"the formula and the evaluator differ on {token.Subject}\n{question.A.Source.Text}\n{string.Join("\n", token.Request(question.Domain.Keys).Context.Values.Select(pair => $"{pair.Key}={string.Join('|', pair.Value.Values)}"))}");
                    if (proved)
                    {
                        Assert.False(Refutes(question, token), $"{token.Subject} contradicts a proof\n{question.A.Source.Text}\n{question.B?.Source.Text}\n{string.Join(", ", question.Where)}");
                    }
                }
            }
        }

        Assert.True(judged >= Questions * 40);
    }

    [Fact]
    public async Task Cvc5_agrees_on_random_questions()
    {
        Assert.SkipUnless(Cvc5.IsInstalled, "cvc5 is not installed (Debian and Ubuntu: apt-get install cvc5)");
        var random = new RandomQuestions(23);
        var (agreed, unknown) = (0, 0);
        for (var i = 0; i < OracleQuestions; i++)
        {
            var question = random.Next();
            var answer = Prover.Decide(question, new Budget(cancellation: TestContext.Current.CancellationToken));
            var verdict = await Cvc5.Ask(Queries(question), TestContext.Current.CancellationToken);
            if (verdict is null)
            {
                unknown++;
                continue;
            }

            agreed++;
            Assert.True(verdict == answer is Answer.Refuted, $"question {i}: cvc5 says {verdict}, we say {answer}\n{question.A.Source.Text}\n{question.B?.Source.Text}\n{string.Join(", ", question.Where)}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{agreed} agreed, {unknown} cvc5 did not decide in time");
        Assert.True(agreed > OracleQuestions / 4, $"cvc5 decided only {agreed} of {OracleQuestions}");
    }

    [Fact]
    public void A_spent_budget_makes_the_answer_undecided()
    {
        var question = Hard();
        Assert.IsType<Answer.Undecided>(Prover.Decide(question, new Budget(states: 50)));
    }

    [Fact]
    public void A_cancelled_question_is_undecided_at_once()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var watch = Stopwatch.StartNew();
        var answer = Assert.IsType<Answer.Undecided>(Prover.Decide(Hard(), new Budget(cancellation: cancelled.Token)));
        Assert.Contains("time", answer.Reason, StringComparison.Ordinal);
        Assert.True(watch.ElapsedMilliseconds < 2000);
    }

    private static Question Hard() => new(
        Ask.Exists,
        RandomQuestions.Parse("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*a*b*c*d*e*:*f*g*h*"},"StringNotLike":{"token.actions.githubusercontent.com:repository":"*h*g*f*"}}}]}"""),
        null,
        [new ClaimTest("ref", ClaimOperator.Like, "*z*y*x*")],
        TokenDomain.Default);

    private static IEnumerable<string> Queries(Question question)
    {
        yield return Smt2.Export(question);
    }

    private static void Check(Question question, Answer.Refuted refuted) => Assert.True(Refutes(question, refuted.Counterexample), refuted.Counterexample.Subject);

    private static bool Refutes(Question question, Counterexample token)
    {
        if (!question.Where.All(test => Prover.Satisfies(token, test)))
        {
            return false;
        }

        var a = token.Replay(question.A, question.Domain.Keys) == Verdict.Allow;
        var b = question.B is not null && token.Replay(question.B, question.Domain.Keys) == Verdict.Allow;
        return question.Ask switch
        {
            Ask.Exists => a,
            Ask.Covers => !a,
            Ask.Subset => a && !b,
            _ => a != b,
        };
    }

    private static IEnumerable<Variable> Variables(Shape shape) =>
        shape.Claims.Values.SelectMany(term => term.Pieces).Select(piece => piece.Variable).OfType<Variable>().Concat(Vocabulary.FreeClaims.Values.Select(free => free.Variable)).Distinct();
}
