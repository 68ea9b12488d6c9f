using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>The requests a question ranges over: what keys mean in them, which statements speak to them, and the shapes they come in.</summary>
internal abstract class World
{
    protected abstract Func<string, KeyMeaning> Meanings { get; }

    /// <summary>Whether a statement speaks to these requests, before its conditions.</summary>
    public abstract Func<Statement, Formula> Reach(PolicyDocument policy, Compiler compiler);

    protected abstract IEnumerable<Shape> Shapes(Formula formula, IReadOnlyCollection<Atom> atoms, IReadOnlySet<string> asked);

    /// <summary>A demand as a formula, with the shapes it ranges over.</summary>
    public Prepared Prepare(Func<Compiler, Formula> demand)
    {
        var compiler = new Compiler(Meanings);
        var parts = new List<Formula> { demand(compiler) };
        AddRelations(compiler, parts);
        var formula = Formula.And(parts);
        var atoms = new HashSet<Atom>();
        formula.CollectAtoms(atoms);
        var asked = atoms.Select(atom => atom.Key.Name).Concat(compiler.Meanings.Select(meaning => meaning.Name)).ToHashSet(StringComparer.Ordinal);
        return new Prepared(formula, atoms, Shapes(formula, atoms, asked), Choices.For(atoms));
    }

    /// <summary>Searches shape after shape until a request is found that <paramref name="confirm"/> takes; it says null, or why not.</summary>
    public static Found Search(Prepared prepared, Budget budget, Func<Shape, Model, string?> confirm)
    {
        string? unsure = null;
        foreach (var shape in prepared.Shapes)
        {
            switch (new ShapeSolver(shape, prepared.Choices, budget).Solve(prepared.Formula, out var model))
            {
                case ShapeOutcome.Found:
                    if (confirm(shape, model!) is not { } problem)
                    {
                        return new Found(shape, model, null);
                    }

                    unsure ??= problem;
                    break;
                case ShapeOutcome.Spent:
                    return new Found(null, null, budget.IsSpent ? budget.Reason : "a customised subject reads its claims in an order too involved to search");
                case ShapeOutcome.Unsure:
                    unsure ??= "a number, date, address or policy variable is compared with free text, where only some values could be tried";
                    break;
                default:
                    break;
            }
        }

        if (unsure is null && !prepared.Formula.IsFalse && !Choices.AreExhaustive(prepared.Atoms))
        {
            unsure = "an address or a time is compared as text, where only some values could be tried";
        }

        return new Found(null, null, unsure);
    }

    /// <summary>A tag that is there is listed, and a listed one that the question names is there. Enterprises have a name and an id.</summary>
    private static void AddRelations(Compiler compiler, List<Formula> parts)
    {
        const string tag = "aws:RequestTag/";
        var atoms = compiler.Atoms.ToList();
        if (atoms.Select(atom => atom.Key).OfType<KeyMeaning.Multi>().FirstOrDefault(multi => multi.Name == "aws:TagKeys") is { } list)
        {
            var ignoringCase = Conditions.ConditionOperators.Find("StringEqualsIgnoreCase")!.Operator;
            foreach (var key in atoms.Select(atom => atom.Key).Where(key => key.Name.StartsWith(tag, StringComparison.Ordinal)).DistinctBy(key => key.Name))
            {
                var listed = compiler.Some(list, compiler.Passes(list.Element, ignoringCase, key.Name[tag.Length..], PolicyVersion.V20081017));
                parts.Add(Same(compiler.Present(key), listed));
            }
        }

        if (Vocabulary.FreeClaims["enterprise"] is var name && Vocabulary.FreeClaims["enterprise_id"] is var id
            && atoms.Exists(atom => atom.Key == name) && atoms.Exists(atom => atom.Key == id))
        {
            parts.Add(Same(compiler.Present(name), compiler.Present(id)));
        }

        static Formula Same(Formula a, Formula b) => Formula.Or(Formula.And(a, b), Formula.And(a.Negated(), b.Negated()));
    }

    public sealed record Prepared(Formula Formula, HashSet<Atom> Atoms, IEnumerable<Shape> Shapes, IReadOnlyDictionary<ChoiceGroup, ImmutableArray<Choice>> Choices);

    /// <summary>What a search came to: a request; or nothing, for sure when <paramref name="Unsure"/> is null.</summary>
    public readonly record struct Found(Shape? Shape, Model? Model, string? Unsure)
    {
        public bool IsProof => Model is null && Unsure is null;
    }
}

/// <summary>GitHub's tokens in calls of AssumeRoleWithWebIdentity through one provider.</summary>
internal sealed class TokenWorld(TokenDomain domain, OidcProvider provider) : World
{
    private const string DefaultAudience = "sts.amazonaws.com";

    public TokenKeys Keys { get; } = new(provider, domain.Keys);

    /// <summary>Claims by which shapes are told apart although the question does not ask for them.</summary>
    public IReadOnlyList<string> Distinguish { get; init; } = [];

    protected override Func<string, KeyMeaning> Meanings => Keys.Of;

    public override Func<Statement, Formula> Reach(PolicyDocument policy, Compiler compiler)
    {
        var compiled = CompiledPolicy.Compile(policy);
        var view = new RequestView(provider.Call(new RequestContext()), new PolicySet { Resource = compiled, ResourcePolicyDelegates = true });
        var reached = new HashSet<int>();
        foreach (var statement in compiled.Statements)
        {
            if (statement.CoversAction(view) && statement.CoversResource(view) && statement.MatchPrincipal(view) != PrincipalMatch.None)
            {
                reached.Add(statement.Source.Index);
            }
        }

        return statement => Formula.Of(reached.Contains(statement.Index));
    }

    protected override IEnumerable<Shape> Shapes(Formula formula, IReadOnlyCollection<Atom> atoms, IReadOnlySet<string> asked)
    {
        var told = Distinguish.Count == 0 ? asked : asked.Concat(Distinguish).ToHashSet(StringComparer.Ordinal);
        return new GitHubShapes(domain, "https://" + Keys.Host, AudiencesOf(atoms), told).All(start => MayHold(formula, start));
    }

    /// <summary>What a token may be for: the provider knows AWS's audience and those the question spells out.</summary>
    private IReadOnlyList<string> AudiencesOf(IReadOnlyCollection<Atom> atoms) =>
        !domain.Audiences.IsEmpty
            ? domain.Audiences
            : [.. atoms.Where(atom => atom.Key.Name == "aud").Select(atom => atom.Test).OfType<OperatorTest>()
                .Where(test => test.Operator.Family == Conditions.OperatorFamily.String && test.Text.Length > 0 && !test.Text.AsSpan().ContainsAny('*', '?'))
                .Select(test => test.Text).Order(StringComparer.Ordinal).Prepend(DefaultAudience).Distinct()];

    /// <summary>Whether the formula can hold for a subject that begins so, whatever else the token says.</summary>
    private static bool MayHold(Formula formula, string start) =>
        !formula.Where(atom =>
            atom is { Kind: AtomKind.Holds, Key: KeyMeaning.Claim { Name: "sub" }, Test: { } test } && test.AutomatonFor(null) is { } automaton
                && automaton.Run(automaton.Start, start) == Automaton.Dead ? false : null).IsFalse;
}

/// <summary>
/// Requests of one requester about which nothing else is known: any action on any resource, each condition key there or not. Keys take
/// the kind of value the policy compares them with.
/// </summary>
internal sealed class RequestWorld : World
{
    /// <summary>IAM User Guide, "Multivalued context keys".</summary>
    private static readonly HashSet<string> Lists = new(StringComparer.OrdinalIgnoreCase)
    {
        "aws:TagKeys", "aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths", "sts:TransitiveTagKeys",
        "dynamodb:Attributes", "dynamodb:LeadingKeys", "kms:EncryptionContextKeys", "kms:GrantOperations", "route53:ChangeResourceRecordSetsActions",
        "route53:ChangeResourceRecordSetsNormalizedRecordNames", "route53:ChangeResourceRecordSetsRecordTypes", "s3:RequestObjectTagKeys",
    };

    private static readonly Shape Any = new()
    {
        Claims = new Dictionary<string, Term>(),
        Identity = new Identity(IdentityKind.Stranger, "", "", "", "", ""),
        Context = new JobContext(RefKind.Branch, HasEnvironment: false),
    };

    private readonly Requester _requester;
    private readonly ILookup<string, Conditions.OperatorUse?> _uses;
    private readonly KeyMeaning.Free _action = new("action", new Variable("action", new ActionName { Plausible = ["s3:GetObject", "sts:AssumeRole"] }), Optional: false);
    private readonly KeyMeaning.Free _resource = new("resource", new Variable("resource", Vocabulary.Text(2048, "arn:aws:s3:::bucket/key", "*")), Optional: false);

    public RequestWorld(PolicyDocument policy, Requester requester)
    {
        _requester = requester;
        _uses = policy.Statements.SelectMany(statement => statement.Conditions)
            .ToLookup(condition => condition.Key.Value, condition => Conditions.ConditionOperators.Find(condition.Operator.Value), StringComparer.OrdinalIgnoreCase);
    }

    protected override Func<string, KeyMeaning> Meanings => MeaningOf;

    /// <summary>One requester for each way a policy can tell them apart: each that it names, and somebody else.</summary>
    public static IEnumerable<Requester> RequestersOf(PolicyDocument policy)
    {
        var other = new Requester.Aws("arn:aws:iam::999999999999:user/somebody");
        if (policy.Kind is not (PolicyKind.Resource or PolicyKind.Trust or PolicyKind.Endpoint or PolicyKind.ResourceControl))
        {
            return [other];
        }

        return policy.Statements.SelectMany(statement => statement.Principal is { } principal ? principal.Values : [])
            .Select(value => value.Type switch
            {
                PrincipalType.Aws when Arn.IsAccountId(value.Text) => new Requester.Aws($"arn:aws:iam::{value.Text}:root"),
                PrincipalType.Aws when value.Text != "*" => new Requester.Aws(value.Text),
                PrincipalType.Service => new Requester.Service(value.Text),
                PrincipalType.Federated => new Requester.Federated(value.Text),
                _ => (Requester)other,
            })
            .Prepend(other).Append(new Requester.Anonymous()).Distinct();
    }

    public override Func<Statement, Formula> Reach(PolicyDocument policy, Compiler compiler)
    {
        var compiled = CompiledPolicy.Compile(policy);
        var request = new AccessRequest("s3:GetObject", "*", _requester, new RequestContext());
        var view = new RequestView(request, new PolicySet());
        var byIndex = compiled.Statements.ToDictionary(statement => statement.Source.Index);
        return statement =>
        {
            var known = byIndex[statement.Index];
            return known.MatchPrincipal(view) == PrincipalMatch.None
                ? Formula.False
                : Formula.And(Actions(statement.Action, known, compiler), Resources(statement.Resource, known, policy, compiler));
        };
    }

    protected override IEnumerable<Shape> Shapes(Formula formula, IReadOnlyCollection<Atom> atoms, IReadOnlySet<string> asked) => [Any];

    private Formula Actions(ActionElement element, CompiledStatement compiled, Compiler compiler)
    {
        var matches = Formula.Or(element.Patterns.Zip(compiled.Actions).Select(pair =>
            pair.First.Value == "*" ? Formula.True
            : pair.Second.Problem is not null ? Formula.False
            : compiler.Passes(_action, new ActionTest(pair.First.Value))));
        return element.Negated ? matches.Negated() : matches;
    }

    private Formula Resources(ResourceElement? element, CompiledStatement compiled, PolicyDocument policy, Compiler compiler)
    {
        if (element is null)
        {
            return Formula.Of(policy.Kind is PolicyKind.Trust or PolicyKind.Resource);
        }

        var complete = policy.Kind is PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session;
        var matches = Formula.Or(element.Patterns.Zip(compiled.Resources).Select(pair =>
            pair.First.Value == "*" ? Formula.True
            : pair.Second.Problem is not null || ArnPattern.ForResource(pair.First.Value, policy.Version == PolicyVersion.V20121017, complete) is not { } pattern ? Formula.False
            : compiler.Passes(_resource, new ResourceTest(pair.First.Value, pattern))));
        return element.Negated ? matches.Negated() : matches;
    }

    private KeyMeaning MeaningOf(string key)
    {
        var uses = _uses[key].OfType<Conditions.OperatorUse>().ToList();
        if (Lists.Contains(key) || uses.Exists(use => use.Set != Conditions.SetOperator.None))
        {
            return new KeyMeaning.Multi(Canonical(key), new KeyMeaning.Free(key + "[]", new Variable(key, Vocabulary.AnyText(1024, "value")), Optional: false));
        }

        var known = new TokenKeys(OidcProvider.Default, KeyProfile.Aws).Of(key);
        if (known is KeyMeaning.Choice)
        {
            return known;
        }

        var families = uses.Select(use => use.Operator.Family).Where(family => family != Conditions.OperatorFamily.Null).Distinct().ToList();
        var language = families switch
        {
            [Conditions.OperatorFamily.Numeric or Conditions.OperatorFamily.Date] => Vocabulary.Number("1"),
            [Conditions.OperatorFamily.Bool] => new OneOf("true", "false") { Plausible = ["true", "false"] },
            _ => Vocabulary.AnyText(2048, "value"),
        };
        return new KeyMeaning.Free(Canonical(key), new Variable(key, language), Optional: true);
    }

    private static string Canonical(string key) => key.ToLowerInvariant() switch
    {
        "aws:tagkeys" => "aws:TagKeys",
        var lower when lower.StartsWith("aws:requesttag/", StringComparison.Ordinal) => "aws:RequestTag/" + lower["aws:requesttag/".Length..],
        _ => key,
    };
}
