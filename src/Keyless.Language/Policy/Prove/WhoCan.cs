using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove.Automata;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>How much of a kind of job gets in.</summary>
public enum Extent
{
    None,
    Some,
    All,
}

/// <summary>One kind of job of some repositories, as far as a policy lets it in.</summary>
/// <param name="Kind"><c>any job</c>, or <c>branches</c>, <c>tags</c>, <c>environments</c> or <c>pull requests</c>.</param>
/// <param name="Limits">Which ones, where not all: patterns and further demands on the token.</param>
/// <param name="Note">Where subjects of one form only, or refs of one kind only, get in; null otherwise.</param>
public sealed record AdmittedJobs(string Kind, Extent Extent, ImmutableArray<string> Limits, string? Note);

/// <summary>Repositories that get in, and what of them.</summary>
/// <param name="Who">For people: <c>octo-org/octo-repo</c>, <c>anyone on GitHub</c>.</param>
/// <param name="Width">0 is widest.</param>
/// <param name="Conditions">What else the call must fulfil: who started the run, from which address.</param>
public sealed record Admission(string Who, int Width, ImmutableArray<AdmittedJobs> Jobs, ImmutableArray<string> Conditions, Counterexample Example)
{
    /// <summary>No id is tested: whoever registers the name after it is freed gets in too.</summary>
    public bool TrustsNames { get; init; }
}

/// <summary>Everyone a trust policy lets in, widest first.</summary>
/// <param name="Undecided">Why some could not be decided; null when the list is complete.</param>
public sealed record Admissions(ImmutableArray<Admission> Admitted, ImmutableArray<Statement> Others, string? Undecided, TokenDomain Domain)
{
    /// <summary>
    /// A stranger who gets in by customising their subject, where none does with GitHub's own forms; null when none can, or when templates
    /// are part of the list already.
    /// </summary>
    public Counterexample? StrangerByTemplate { get; init; }
}

/// <summary>Answers "who can assume this role?": the shapes of token that a policy lets in, summed up by repository and kind of job.</summary>
public static class WhoCan
{
    /// <summary>Claims that say whose job it is and what it runs for; all else is a further condition.</summary>
    private static readonly string[] Core = ["sub", "ref", "environment", "repository", "repository_id", "repository_owner", "repository_owner_id"];

    public static Admissions Assume(PolicyDocument policy, TokenDomain domain, Budget budget)
    {
        domain = KnownNames.In(domain, policy);
        var found = new List<Sighting>();
        string? undecided = null;
        foreach (var provider in OidcProvider.In(policy))
        {
            var world = new TokenWorld(domain, provider) { Distinguish = [.. Core, "event_name"] };
            var problem = new Problem(domain, provider) { Admits = policy };
            var prepared = problem.Prepare(world);
            foreach (var shape in prepared.Shapes)
            {
                undecided ??= See(shape, prepared, policy, provider, domain, budget, found);
            }
        }

        return new Admissions(Summary(found, domain), OidcProvider.OthersIn(policy), undecided, domain)
        {
            StrangerByTemplate = domain.Templates == TemplateScope.Default && !found.Exists(sighting => sighting.Shape.Identity.Kind == IdentityKind.Stranger)
                ? StrangerByTemplate(policy, domain, budget)
                : null,
        };
    }

    private static Counterexample? StrangerByTemplate(PolicyDocument policy, TokenDomain domain, Budget budget)
    {
        domain = domain with { Templates = TemplateScope.Any };
        foreach (var provider in OidcProvider.In(policy))
        {
            var prepared = new Problem(domain, provider) { Admits = policy }.Prepare(new TokenWorld(domain, provider));
            foreach (var shape in prepared.Shapes.Where(shape => shape is { Template.Length: > 0, Identity.Kind: IdentityKind.Stranger }))
            {
                if (new ShapeSolver(shape, prepared.Choices, budget).Solve(prepared.Formula, out var model) == ShapeOutcome.Found
                    && Counterexample.Of(shape, model!, provider, prepared.Atoms) is var token && token.Replay(policy, domain.Keys) == Evaluate.Verdict.Allow)
                {
                    return token;
                }
            }
        }

        return null;
    }

    private static string? See(
        Shape shape, World.Prepared prepared, PolicyDocument policy, OidcProvider provider, TokenDomain domain, Budget budget, List<Sighting> found)
    {
        var solver = new ShapeSolver(shape, prepared.Choices, budget);
        switch (solver.Solve(prepared.Formula, out var model))
        {
            case ShapeOutcome.None:
                return null;
            case ShapeOutcome.Spent:
                return budget.IsSpent ? budget.Reason : "a customised subject reads its claims in an order too involved to search";
            case ShapeOutcome.Unsure:
                return "a number, date, address or policy variable is compared with free text, where only some values could be tried";
            default:
                break;
        }

        var example = Counterexample.Of(shape, model!, provider, prepared.Atoms);
        if (example.Replay(policy, domain.Keys) != Evaluate.Verdict.Allow)
        {
            return $"the token found, `{example.Subject}`, was not confirmed by the evaluator; please report this policy";
        }

        // With all further conditions met as in the example, does every job of the shape get in? Of strangers known by id: every job of theirs?
        var simple = solver.Simplify(prepared.Formula);
        var core = simple.Where(atom => IsCore(atom, shape) ? null : model!.Holds(atom));
        var (ids, named) = Ids(solver, shape, core);
        var isAll = IsNone(solver, Formula.And(core.Negated(), ids));
        var limits = isAll ? [] : Limits(solver, shape, core, ids);
        var trustsName = !Mentions(simple, "repository_id") && !Mentions(simple, "repository_owner_id") && !shape.Immutable;
        found.Add(new Sighting(shape, example, isAll ? Extent.All : Extent.Some, limits, Conditions(simple, model!, shape), named, trustsName));
        return null;
    }

    /// <summary>The ids without which no stranger gets in, as a formula and in words; true and null when there are none.</summary>
    private static (Formula Ids, string? Named) Ids(ShapeSolver solver, Shape shape, Formula core)
    {
        if (shape.Identity.Kind != IdentityKind.Stranger)
        {
            return (Formula.True, null);
        }

        var literals = new List<Formula.Literal>();
        Collect(core, literals);
        foreach (var (claim, one, many) in new[]
        {
            ("repository_id", "the repository with id", "the repositories with ids"),
            ("repository_owner_id", "repositories of the owner with id", "repositories of the owners with ids"),
        })
        {
            var ids = literals.Where(literal => literal.Positive && literal.Atom.Key.Name == claim && literal.Atom.Test is OperatorTest { Operator.Name: "StringEquals" or "StringLike" or "NumericEquals", Text: var text }
                && !text.AsSpan().ContainsAny('*', '?')).ToList();
            var any = Formula.Or(ids);
            if (ids.Count > 0 && IsNone(solver, Formula.And(core, any.Negated())))
            {
                return (any, $"{(ids.Count == 1 ? one : many)} {string.Join(", ", ids.Select(literal => literal.Atom.Test!.Text).Order(StringComparer.Ordinal))}");
            }
        }

        return (Formula.True, null);
    }

    private static bool Mentions(Formula formula, string claim)
    {
        var atoms = new HashSet<Atom>();
        formula.CollectAtoms(atoms);
        return atoms.Any(atom => atom.Key.Name == claim);
    }

    private static bool IsCore(Atom atom, Shape shape)
    {
        if (!Core.Contains(atom.Key.Name))
        {
            return false;
        }

        // A known repository whose id the asker did not give has one id, the one that fits.
        return shape.Identity.Kind == IdentityKind.Stranger || atom.Key.Name is not ("repository_id" or "repository_owner_id")
            || (shape[atom.Key.Name]?.IsConstant ?? true);
    }

    private static bool IsNone(ShapeSolver solver, Formula formula) => solver.Solve(formula, out _) == ShapeOutcome.None;

    /// <summary>The tests that let some in and keep others out, those that matter for the shape.</summary>
    private static ImmutableArray<string> Limits(ShapeSolver solver, Shape shape, Formula core, Formula ids)
    {
        var literals = new List<Formula.Literal>();
        Collect(core, literals);
        var known = new List<Formula.Literal>();
        Collect(ids, known);
        literals.RemoveAll(known.Contains);
        var positive = literals.Where(literal => literal.Positive && solver.Solve(Formula.And(core, literal), out _) == ShapeOutcome.Found).ToList();
        var negative = literals.Where(literal => !literal.Positive && solver.Solve(literal.Negated(), out _) == ShapeOutcome.Found).ToList();
        var but = negative.Select(literal => Describe(literal.Negated(), solver, shape)).OfType<string>().Distinct().ToList();

        // Where nothing but exceptions keeps jobs out, the exceptions say it best.
        if (but.Count > 0 && IsNone(solver, Formula.And([core.Negated(), ids, .. negative])))
        {
            return [$"all but {string.Join(" and ", but)}"];
        }

        var groups = positive.GroupBy(literal => literal.Atom.Key.Name).Select(group => (
            Text: string.Join(", ", group.Select(literal => Describe(literal, solver, shape)).OfType<string>().Distinct()),
            IsNeeded: IsNone(solver, Formula.And(core, Formula.Or(group).Negated())))).Where(group => group.Text.Length > 0).ToList();

        // Each claim has to fit, unless statements ask for different ones.
        var fits = string.Join(groups.TrueForAll(group => group.IsNeeded) ? " and " : " or ", groups.Select(group => group.Text));
        return fits.Length > 0 && but.Count > 0 ? [$"{fits} but not {string.Join(" or ", but)}"]
            : fits.Length > 0 ? [fits]
            : but.Count > 0 ? [$"some, but not {string.Join(" or ", but)}"]
            : [];
    }

    private static void Collect(Formula formula, List<Formula.Literal> literals)
    {
        switch (formula)
        {
            case Formula.Literal literal when !literals.Contains(literal):
                literals.Add(literal);
                break;
            case Formula.All all:
                foreach (var part in all.Parts)
                {
                    Collect(part, literals);
                }

                break;
            case Formula.Any any:
                foreach (var part in any.Parts)
                {
                    Collect(part, literals);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>A test for people: the part of a pattern that concerns the branch or environment, or the whole test with its claim.</summary>
    private static string? Describe(Formula formula, ShapeSolver solver, Shape shape)
    {
        if (formula is not Formula.Literal { Atom: var atom })
        {
            return null;
        }

        if (atom.Kind == AtomKind.Holds && solver.Bind(atom) is { Automaton: PatternAutomaton automaton, Term: { } term }
            && !(shape.Context.HasEnvironment && atom.Key.Name == "ref") && Residue(automaton, term, shape) is { } residue)
        {
            return residue == "*" ? null : $"`{residue}`";
        }

        return Describe(atom);
    }

    /// <summary>A test as a sentence part: <c>actor is `octocat`</c>.</summary>
    private static string Describe(Atom atom) => (atom.Kind, atom.Test) switch
    {
        (AtomKind.Present, _) => $"{atom.Key.Name} is there",
        (AtomKind.Some, _) => $"a value of {atom.Key.Name} fits",
        (_, OperatorTest { Operator.Name: "StringEquals" or "BinaryEquals" or "Bool" or "NumericEquals" or "DateEquals" } test) => $"{atom.Key.Name} is `{test.Text}`",
        (_, OperatorTest { Operator.Name: "StringNotEquals" or "NumericNotEquals" or "DateNotEquals" } test) => $"{atom.Key.Name} is `{test.Text}`",
        (_, OperatorTest { Operator.Family: OperatorFamily.IpAddress } test) => $"{atom.Key.Name} in `{test.Text}`",
        (_, OperatorTest { Operator.Name: "StringEqualsIgnoreCase" or "StringNotEqualsIgnoreCase" } test) => $"{atom.Key.Name} is `{test.Text}` in any case",
        (_, OperatorTest { Operator.Name: "NumericLessThan" or "DateLessThan" } test) => $"{atom.Key.Name} before `{test.Text}`",
        (_, OperatorTest { Operator.Name: "NumericLessThanEquals" or "DateLessThanEquals" } test) => $"{atom.Key.Name} at most `{test.Text}`",
        (_, OperatorTest { Operator.Name: "NumericGreaterThan" or "DateGreaterThan" } test) => $"{atom.Key.Name} after `{test.Text}`",
        (_, OperatorTest { Operator.Name: "NumericGreaterThanEquals" or "DateGreaterThanEquals" } test) => $"{atom.Key.Name} at least `{test.Text}`",
        (_, KindTest test) => $"{atom.Key.Name} is {(test.Family == OperatorFamily.Arn ? "an ARN" : "an address")}",
        (_, OperatorTest { Operator.Family: OperatorFamily.String } test) when !(test.HasWildcards && test.Text.AsSpan().ContainsAny('*', '?')) => $"{atom.Key.Name} is `{test.Text}`",
        _ => $"{atom.Key.Name} like `{atom.Test?.Text}`",
    };

    /// <summary>What a pattern leaves for the one variable behind the fixed text: <c>release/*</c> of <c>repo:o/r:ref:refs/heads/release/*</c>.</summary>
    private static string? Residue(PatternAutomaton automaton, Term term, Shape shape)
    {
        if (term.Pieces.Count(piece => piece.Variable is not null) != 1 || shape.Identity.Kind is not (IdentityKind.Known or IdentityKind.RecycledRepository))
        {
            return null;
        }

        var state = automaton.Run(automaton.Start, term.Lead);
        if (state == Automaton.Dead)
        {
            return null;
        }

        // Behind a star the earliest position says most; elsewhere there is one.
        var positions = automaton.Positions(state);
        var tokens = automaton.Tokens[positions[0]..];
        if (term.Pieces[^1].Variable is null || tokens.Any(token => token.Kind is not (PatternTokenKind.Char or PatternTokenKind.One or PatternTokenKind.Run)))
        {
            return null;
        }

        return string.Concat(tokens.Select(token => token.Kind switch { PatternTokenKind.One => '?', PatternTokenKind.Run => '*', _ => token.Char }));
    }

    /// <summary>The tests the example passes that are not about repository, branch or environment.</summary>
    private static ImmutableArray<string> Conditions(Formula formula, Model model, Shape shape)
    {
        var conditions = new List<string>();
        Imply(formula);
        // That an address is there goes without saying where it has to be one of a network.
        return [.. conditions.Distinct().Where(text => !text.EndsWith(" is there", StringComparison.Ordinal)
            || !conditions.Exists(other => other != text && other.StartsWith(text[..^"is there".Length], StringComparison.Ordinal)))];

        void Imply(Formula part)
        {
            switch (part)
            {
                case Formula.Literal literal when !IsCore(literal.Atom, shape):
                    conditions.Add((literal.Positive ? "" : "not: ") + Describe(literal.Atom));
                    break;
                case Formula.All all:
                    foreach (var inner in all.Parts)
                    {
                        Imply(inner);
                    }

                    break;
                case Formula.Any any:
                    // The first alternative that the example takes.
                    if (any.Parts.FirstOrDefault(inner => inner.Holds(model.Holds)) is { } taken)
                    {
                        Imply(taken);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static ImmutableArray<Admission> Summary(List<Sighting> found, TokenDomain domain)
    {
        var admissions = found.GroupBy(sighting => (sighting.Shape.Identity.Kind, Name: sighting.Named ?? NameOf(sighting.Shape.Identity)))
            .Select(group => Admit(group.Key.Kind, group.Key.Name, [.. group], domain)).ToList();
        return [.. Merge(admissions, domain).OrderBy(admission => admission.Width).ThenByDescending(admission => admission.Jobs.Count(jobs => jobs.Extent == Extent.All))];
    }

    /// <summary>Why a policy lets no job in, one sentence for each of its Allow statements that is about GitHub's jobs.</summary>
    public static ImmutableArray<string> WhyNobody(PolicyDocument policy, TokenDomain domain)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        foreach (var provider in OidcProvider.In(policy))
        {
            var world = new TokenWorld(domain, provider);
            foreach (var statement in policy.Statements.Where(Compiler.IsAllow))
            {
                var name = statement.Sid is { Value.Length: > 0 } sid ? $"statement `{sid.Value}`" : $"statement {statement.Index + 1}";
                if (world.Reach(policy, new Compiler(key => new KeyMeaning.Absent(key)))(statement).IsFalse)
                {
                    continue;
                }

                var impossible = statement.Conditions.Where(condition => IsImpossible(statement with { Conditions = [condition] })).ToList();
                reasons.Add(
                    impossible.FirstOrDefault(HasVariable) is { } open ? $"{name}: `{open.Values[0].Value}` names a variable that no such request has a value for; fill the template in first"
                    : impossible.FirstOrDefault(IsMissing) is { } missing ? $"{name}: no request has the key `{missing.Key.Value}`{(IsClaim(missing) ? "; tokens carry the claim, AWS makes no key of it" : "")}"
                    : impossible.Count > 0 ? $"{name}: no token has {string.Join(" and ", impossible.Select(Shown))}"
                    : IsImpossible(statement) ? $"{name}: no token meets all its conditions at once"
                    : $"{name}: whatever it allows is denied");
            }

            bool IsMissing(Condition condition) => world.Keys.Of(condition.Key.Value) is KeyMeaning.Absent;

            bool IsClaim(Condition condition) =>
                condition.Key.Value.StartsWith(provider.Host + ":", StringComparison.OrdinalIgnoreCase) && Vocabulary.IsClaim(condition.Key.Value[(provider.Host.Length + 1)..].ToLowerInvariant());

            bool IsImpossible(Statement alone) =>
                World.Search(world.Prepare(compiler => compiler.Applies(alone, policy.Version, _ => Formula.True)), new Budget(100_000), (_, _) => null).IsProof;
        }

        return reasons.ToImmutable();

        bool HasVariable(Condition condition) =>
            policy.Version == PolicyVersion.V20121017
            && condition.Values.Any(value => TextPattern.Parse(value.Value, wildcards: false, variables: true).HasVariables);

        static string Shown(Condition condition) =>
            $"`{condition.Key.Value[(condition.Key.Value.LastIndexOf(':') + 1)..]}` {(condition.Operator.Value.Contains("Like", StringComparison.Ordinal) ? "like" : "equal to")} {Listed(condition.Values.Select(value => $"`{value.Value}`"))}";
    }

    private static string NameOf(Identity identity) => identity.Kind switch
    {
        IdentityKind.Stranger => "",
        IdentityKind.OwnersOther or IdentityKind.RecycledOwner => identity.Owner.ConstantText,
        _ => $"{identity.Owner.ConstantText}/{identity.Repository}",
    };

    private static Admission Admit(IdentityKind kind, string name, List<Sighting> sightings, TokenDomain domain)
    {
        var forms = sightings.Any(sighting => sighting.Shape.Template.Length == 0) ? sightings.Where(sighting => sighting.Shape.Template.Length == 0).ToList() : sightings;
        var jobs = new List<AdmittedJobs>();
        foreach (var (title, matches) in new (string, Func<JobContext, bool>)[]
        {
            ("branches", context => context is { Ref: RefKind.Branch, HasEnvironment: false }),
            ("tags", context => context is { Ref: RefKind.Tag, HasEnvironment: false }),
            ("environments", context => context.HasEnvironment),
            ("pull requests", context => context is { Ref: RefKind.PullRequest, HasEnvironment: false }),
        })
        {
            if (Sum(title, [.. forms.Where(sighting => matches(sighting.Shape.Context))]) is { } row)
            {
                jobs.Add(row);
            }
        }

        var isEveryone = jobs.Count == 4 && jobs.TrueForAll(row => row is { Extent: Extent.All, Note: null });
        var (who, width) = kind switch
        {
            IdentityKind.Stranger when name.Length > 0 => (name, name.StartsWith("the repositor", StringComparison.Ordinal) ? 3 : 2),
            IdentityKind.Stranger when isEveryone => ("anyone on GitHub", 0),
            IdentityKind.Stranger when domain.Owners.IsEmpty => ("anyone on GitHub whose token fits", 1),
            IdentityKind.Stranger => ($"anyone else on GitHub, besides {Listed(domain.Owners.Select(owner => owner.Name))}", 1),
            IdentityKind.OwnersOther when domain.Owners.First(owner => owner.Name == name).Repositories.IsEmpty => ($"repositories of {name}", 2),
            IdentityKind.OwnersOther => ($"every other repository of {name}", 2),
            IdentityKind.RecycledOwner => ($"whoever registers the name {name} after it is freed", 4),
            IdentityKind.RecycledRepository => ($"a repository made anew as {name}", 4),
            _ => (name, 3),
        };
        return new Admission(who, width, Together(jobs), forms[0].Conditions, forms[0].Example) { TrustsNames = kind != IdentityKind.Stranger && sightings.Exists(sighting => sighting.TrustsName) };
    }

    /// <summary>Four rows that say the same are one.</summary>
    private static ImmutableArray<AdmittedJobs> Together(List<AdmittedJobs> jobs) =>
        jobs.Count == 4 && jobs.TrueForAll(row => Same(row, jobs[0])) ? [jobs[0] with { Kind = "any job" }] : [.. jobs];

    private static bool Same(AdmittedJobs a, AdmittedJobs b) => a.Extent == b.Extent && a.Note == b.Note && a.Limits.SequenceEqual(b.Limits);

    private static AdmittedJobs? Sum(string kind, List<Sighting> sightings)
    {
        if (sightings.Count == 0)
        {
            return null;
        }

        var notes = new List<string>();
        if (sightings.TrueForAll(sighting => sighting.Shape.Template.Length > 0))
        {
            notes.Add("with a customised subject");
        }
        else if (sightings.TrueForAll(sighting => !sighting.Shape.Immutable))
        {
            notes.Add("classic subjects only");
        }
        else if (sightings.TrueForAll(sighting => sighting.Shape.Immutable))
        {
            notes.Add("immutable subjects only");
        }

        var refs = sightings.Select(sighting => sighting.Shape.Context.Ref).Distinct().ToList();
        if (kind == "environments" && refs.Count < 3)
        {
            notes.Add("run on " + Listed(refs.Select(reference => reference switch { RefKind.Branch => "branches", RefKind.Tag => "tags", _ => "pull requests" })));
        }

        var limits = sightings.SelectMany(sighting => sighting.Limits).Distinct().ToImmutableArray();
        return new AdmittedJobs(kind, sightings.TrueForAll(sighting => sighting.Extent == Extent.All) ? Extent.All : Extent.Some, limits, notes.Count == 0 ? null : string.Join(", ", notes));
    }

    /// <summary>Repositories that get in alike are one line; an owner's named ones go with the others when they get in alike.</summary>
    private static IEnumerable<Admission> Merge(List<Admission> admissions, TokenDomain domain)
    {
        foreach (var owner in domain.Owners)
        {
            var others = admissions.Find(admission => admission.Who == $"every other repository of {owner.Name}");
            var known = admissions.Where(admission => admission.Width == 3 && admission.Who.StartsWith(owner.Name + "/", StringComparison.Ordinal)).ToList();
            if (others is not null && known.Count == owner.Repositories.Length && known.TrueForAll(admission => Alike(admission, others)))
            {
                admissions.RemoveAll(known.Contains);
                admissions[admissions.IndexOf(others)] = others with { Who = $"every repository of {owner.Name}" };
            }
        }

        var merged = new List<Admission>();
        foreach (var admission in admissions)
        {
            var same = admission.Width == 3 ? merged.FindIndex(other => other.Width == 3 && Alike(other, admission)) : -1;
            if (same < 0)
            {
                merged.Add(admission);
            }
            else
            {
                merged[same] = merged[same] with { Who = $"{merged[same].Who}, {admission.Who}", TrustsNames = merged[same].TrustsNames || admission.TrustsNames };
            }
        }

        return merged;
    }

    private static bool Alike(Admission a, Admission b) =>
        a.Conditions.SequenceEqual(b.Conditions) && a.Jobs.Length == b.Jobs.Length
        && a.Jobs.Zip(b.Jobs).All(pair => pair.First.Kind == pair.Second.Kind && Same(pair.First, pair.Second));

    private static string Listed(IEnumerable<string> words)
    {
        var list = words.ToList();
        return list.Count <= 4 ? string.Join(" and ", list) : $"{string.Join(", ", list.Take(3))} and {list.Count - 3} more";
    }

    private sealed record Sighting(Shape Shape, Counterexample Example, Extent Extent, ImmutableArray<string> Limits, ImmutableArray<string> Conditions, string? Named, bool TrustsName);
}
