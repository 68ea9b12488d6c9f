using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;
using Xunit;

namespace Language.Tests.Policy.Prove;

public sealed class AutomatonLaws
{
    private readonly Random _random = new(3);

    [Fact]
    public void A_pattern_accepts_what_the_evaluator_matches()
    {
        var nothing = new RequestContext();
        for (var i = 0; i < 20_000; i++)
        {
            var text = Text("ab:*?*", 8);
            var fold = i % 2 == 0;
            var pattern = TextPattern.Parse(text, wildcards: true, variables: false, fold);
            var automaton = new PatternAutomaton(Patterns.Tokens(pattern.Parts, fold));
            var value = Text("abAB:", 8);
            Assert.True((pattern.Match(value, nothing) == PatternMatch.Yes) == automaton.Matches(value), $"`{text}` and `{value}`");
        }
    }

    [Fact]
    public void An_arn_pattern_accepts_what_the_evaluator_matches()
    {
        var nothing = new RequestContext();
        for (var i = 0; i < 20_000; i++)
        {
            var text = "arn:" + Text("ab*?", 2) + ":" + Text("ab*?", 2) + "::" + Text("ab*", 2) + ":" + Text("ab:*?/", 5);
            var value = (i % 9 == 0 ? "" : "arn:") + Text("ab", 2) + ":" + Text("ab", 2) + ":" + (i % 7 == 0 ? "a" : "") + ":" + Text("ab", 2) + ":" + Text("ab:/", 5);
            var pattern = TextPattern.Parse(text, wildcards: true, variables: false);
            var fields = ArnPattern.ForCondition(pattern);
            var automaton = Patterns.ArnAutomaton(pattern);
            Assert.Equal(fields is null, automaton is null);
            if (fields is not null)
            {
                var matches = Arn.TryParse(value, out var arn) && fields.Match(arn, nothing) == PatternMatch.Yes;
                Assert.True(matches == automaton!.Matches(value), $"`{text}` and `{value}`");
            }
        }
    }

    [Fact]
    public void A_state_that_covers_another_accepts_all_that_it_accepts()
    {
        for (var i = 0; i < 3_000; i++)
        {
            var automaton = new PatternAutomaton(Patterns.Tokens(TextPattern.Parse(Text("ab*?*", 7), wildcards: true, variables: false).Parts, fold: false));
            var (a, b) = (automaton.Run(automaton.Start, Text("ab", 5)), automaton.Run(automaton.Start, Text("ab", 5)));
            if (!automaton.Covers(a, b))
            {
                continue;
            }

            for (var j = 0; j < 20; j++)
            {
                var rest = Text("ab", 6);
                Assert.True(!automaton.Accepts(automaton.Run(b, rest)) || automaton.Accepts(automaton.Run(a, rest)));
            }
        }
    }

    [Fact]
    public void Names_follow_their_rules()
    {
        Assert.All(new[] { "a", "octo-org", "A1-b" }, name => Assert.True(Vocabulary.Login().Contains(name)));
        Assert.All(new[] { "", "-a", "a-", "a--b", "a_b", "a.b", new string('a', 40) }, name => Assert.False(Vocabulary.Login().Contains(name)));
        Assert.All(new[] { "main", "feature/x", "a.b", "v1.0", "@", "x@y", "locked.lockx" }, name => Assert.True(Vocabulary.Ref().Contains(name), name));
        Assert.All(new[] { "", "/a", "a/", "a//b", "a..b", ".a", "a/.b", "a.", "a.lock", "a.lock/b", "a b", "a:b", "a*", "a@{b", "a\\b" }, name => Assert.False(Vocabulary.Ref().Contains(name), name));
        Assert.All(new[] { "a", ".github", "a.b", "..." }, name => Assert.True(Vocabulary.Repository().Contains(name), name));
        Assert.All(new[] { "", ".", "..", "a/b", "a b" }, name => Assert.False(Vocabulary.Repository().Contains(name), name));
        Assert.All(new[] { "deploy.yml", "a.b.yaml", "..yml" }, name => Assert.True(Vocabulary.File().Contains(name), name));
        Assert.All(new[] { "deploy", "a/b.yml", ".yml" }, name => Assert.False(Vocabulary.File().Contains(name), name));
    }

    private string Text(string alphabet, int most) => string.Concat(Enumerable.Range(0, _random.Next(most + 1)).Select(_ => alphabet[_random.Next(alphabet.Length)]));
}
