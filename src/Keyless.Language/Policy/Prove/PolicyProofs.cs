using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Prove.Domain;

namespace Keyless.Language.Policy.Prove;

/// <summary>
/// What can be proved about one policy by itself, for checks: statements that do nothing, policies that grant nothing, conditions that
/// always or never hold. Every method answers true only with a proof; doubt and spent budget are false.
/// </summary>
/// <remarks>
/// A trust policy is asked about every GitHub token, whatever template a token's owner chose, and about other requesters; other
/// policies about any action on any resource with any keys.
/// </remarks>
public sealed class PolicyProofs
{
    private static readonly TokenDomain EveryToken = new() { Templates = TemplateScope.Any, Names = NameLifetime.Recyclable };

    private readonly PolicyDocument _policy;
    private readonly Func<Budget> _budget;
    private readonly ImmutableArray<World> _worlds;

    /// <param name="statesPerQuestion">The budget of each question; a check should answer in milliseconds or be silent.</param>
    public PolicyProofs(PolicyDocument policy, long statesPerQuestion = 50_000, CancellationToken cancellation = default)
    {
        _policy = policy;
        _budget = () => new Budget(statesPerQuestion, cancellation);
        var github = OidcProvider.In(policy);
        var others = RequestWorld.RequestersOf(policy)
            .Where(requester => requester is not Requester.Federated federated || github.All(provider => provider.Arn != federated.Provider))
            .Select(requester => (World)new RequestWorld(policy, requester));
        _worlds = policy.Kind == PolicyKind.Trust
            ? [.. github.Select(provider => (World)new TokenWorld(EveryToken, provider)), .. others]
            : [.. others];
    }

    /// <summary>No request passes: the check <c>policy-grants-nothing</c>.</summary>
    public bool GrantsNothing() =>
        _policy.Statements.Any(Compiler.IsAllow)
        && IsEmpty((world, compiler) => compiler.Allows(_policy, world.Reach(_policy, compiler)));

    /// <summary>An Allow that applies to no request that is not denied, or a Deny of what nobody allowed: the check <c>statement-dead</c>.</summary>
    public bool IsDead(Statement statement)
    {
        if (Compiler.IsAllow(statement))
        {
            return IsEmpty((world, compiler) => compiler.Applies(statement, _policy.Version, world.Reach(_policy, compiler)));
        }

        // A policy of Deny statements alone limits what others grant.
        return _policy.Statements.Any(Compiler.IsAllow) && IsEmpty((world, compiler) =>
        {
            var reach = world.Reach(_policy, compiler);
            return Formula.And(
                compiler.Applies(statement, _policy.Version, reach),
                Formula.Or(_policy.Statements.Where(Compiler.IsAllow).Select(allow => compiler.Applies(allow, _policy.Version, reach))));
        });
    }

    /// <summary>
    /// The statements of the same effect that together decide everything a statement decides: the check <c>statement-redundant</c>.
    /// Empty when it decides something of its own, or is dead.
    /// </summary>
    public ImmutableArray<Statement> MadeRedundantBy(Statement statement)
    {
        var peers = _policy.Statements.Where(other => other.Index != statement.Index && other.Effect.Value == statement.Effect.Value).ToImmutableArray();
        if (peers.IsEmpty || IsDead(statement))
        {
            return [];
        }

        foreach (var peer in peers)
        {
            // Of two equal statements only the later one is redundant.
            if (CoveredBy(statement, [peer]) && (peer.Index < statement.Index || !CoveredBy(peer, [statement])))
            {
                return [peer];
            }
        }

        var earlier = peers.Where(peer => !CoveredBy(peer, [statement])).ToImmutableArray();
        return earlier.Length > 1 && CoveredBy(statement, earlier) ? earlier : [];
    }

    /// <summary>No request satisfies the statement's conditions: the check <c>condition-unsatisfiable</c>.</summary>
    public bool IsUnsatisfiable(Statement statement)
    {
        var reached = _worlds.Where(world => !world.Reach(_policy, new Compiler(key => new KeyMeaning.Absent(key)))(statement).IsFalse).ToList();
        return !statement.Conditions.IsEmpty && reached.Count > 0
            && reached.TrueForAll(world => IsEmpty(world, compiler => compiler.Applies(statement, _policy.Version, _ => Formula.True)));
    }

    /// <summary>Every request that the statement could concern satisfies the condition: the check <c>condition-tautology</c>.</summary>
    public bool IsTautology(Statement statement, Condition condition)
    {
        var alone = statement with { Conditions = [condition] };
        return IsEmpty((world, compiler) =>
        {
            var reach = world.Reach(_policy, compiler)(statement);
            return Formula.And(reach, compiler.Applies(alone, _policy.Version, _ => Formula.True).Negated());
        });
    }

    /// <summary>
    /// A job of a pull request that names an environment and is let in although the Deny means pull requests, or null: the check
    /// <c>github-sub-environment-bypass</c>. The token found is the proof.
    /// </summary>
    public Counterexample? PullRequestPast(Statement deny)
    {
        var named = deny.Conditions.Any(condition => condition.Key.Value.EndsWith(":sub", StringComparison.OrdinalIgnoreCase)
            && condition.Values.Any(value => value.Value.Contains("pull_request", StringComparison.Ordinal)));
        if (Compiler.IsAllow(deny) || !named)
        {
            return null;
        }

        var question = new Question(Ask.Exists, _policy, null, [new ClaimTest("event_name", ClaimOperator.Is, "pull_request")], TokenDomain.Default);
        return Prover.Decide(question, _budget()) is Answer.Refuted refuted ? refuted.Counterexample : null;
    }

    /// <summary>Whether no token of GitHub can have such a subject, customised templates included: the check <c>github-sub-unrealisable</c>.</summary>
    /// <param name="operator"><c>StringEquals</c>, <c>StringLike</c> or another String operator that is not negated.</param>
    public bool IsUnrealisableSubject(string @operator, string value)
    {
        if (ConditionOperators.Find(@operator) is not { Operator: { Family: OperatorFamily.String, Negated: false } } use)
        {
            return false;
        }

        var world = new TokenWorld(EveryToken, OidcProvider.Default);
        return IsEmpty(world, compiler => compiler.Passes(world.Keys.OfClaim("sub"), use.Operator, value, PolicyVersion.V20081017));
    }

    private bool CoveredBy(Statement statement, ImmutableArray<Statement> others) => IsEmpty((world, compiler) =>
    {
        var reach = world.Reach(_policy, compiler);
        return Formula.And(
            compiler.Applies(statement, _policy.Version, reach),
            Formula.Or(others.Select(other => compiler.Applies(other, _policy.Version, reach))).Negated());
    });

    private bool IsEmpty(Func<World, Compiler, Formula> demand) => _worlds.All(world => IsEmpty(world, compiler => demand(world, compiler)));

    private bool IsEmpty(World world, Func<Compiler, Formula> demand)
    {
        var prepared = world.Prepare(demand);
        return prepared.Formula.IsFalse || World.Search(prepared, _budget(), (_, _) => null).IsProof;
    }
}
