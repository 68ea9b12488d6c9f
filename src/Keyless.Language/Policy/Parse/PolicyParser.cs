using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Parse;

/// <summary>
/// From a tree to a policy, with every structural problem named. IAM User Guide, "Grammar of the IAM JSON policy language".
/// What a value means (an ARN, a date, a key that exists) is for the checks; here it is only shape.
/// </summary>
public static class PolicyParser
{
    private static readonly string[] DocumentElements = ["Version", "Id", "Statement"];

    private static readonly string[] StatementElements =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// <summary>The types of a principal map as IAM spells them.</summary>
    private static readonly (string Name, PrincipalType Type)[] PrincipalTypes =
    [
        ("AWS", PrincipalType.Aws),
        ("Service", PrincipalType.Service),
        ("Federated", PrincipalType.Federated),
        ("CanonicalUser", PrincipalType.CanonicalUser),
    ];

    public static PolicyParseResult ParseJson(SourceText source, PolicyKind kind)
    {
        var read = JsonReader.Read(source);
        if (read.Root is null)
        {
            return new PolicyParseResult(null, read.Diagnostics);
        }

        // Both name a member that occurs twice: once is enough.
        var parsed = Parse(read.Root, kind);
        return read.Diagnostics.IsEmpty
            ? parsed
            : parsed with
            {
                Policy = null,
                Diagnostics = [.. read.Diagnostics.Concat(parsed.Diagnostics).DistinctBy(d => (d.Id, d.Span)).OrderBy(d => d.Span.Start)],
            };
    }

    public static PolicyParseResult Parse(Node root, PolicyKind kind)
    {
        var pass = new Pass(kind);
        var document = pass.Document(root);
        var diagnostics = pass.Problems.OrderBy(d => d.Span.Start).ToImmutableArray();
        var broken = diagnostics.Any(d => d.Severity == Severity.Error);
        return new PolicyParseResult(broken ? null : document, diagnostics) { Partial = document };
    }

    private sealed class Pass(PolicyKind kind)
    {
        public List<Diagnostic> Problems { get; } = [];

        public PolicyDocument? Document(Node root)
        {
            if (root is not MappingNode map)
            {
                Error("element-type", root, "$", $"a policy is an object, this is {Described(root)}", "start with `{ \"Version\": \"2012-10-17\", \"Statement\": [ ... ] }`");
                return null;
            }

            CheckMembers(map, "$", "policy", DocumentElements);
            var version = Text(map, "Version", "$");
            if (version is { } v && v.Value is not ("2012-10-17" or "2008-10-17"))
            {
                Error("version-invalid", map["Version"]!, "$.Version", $"`{v.Value}` is no version of the policy language", "the version names the language, not the day of writing: `2012-10-17`");
            }

            return new PolicyDocument(map.Source, map.Span, version?.Value == "2012-10-17" ? PolicyVersion.V20121017 : PolicyVersion.V20081017, Statements(map))
            {
                VersionElement = version,
                Id = Text(map, "Id", "$"),
                Kind = kind,
            };
        }

        private ImmutableArray<Statement> Statements(MappingNode document)
        {
            var nodes = document["Statement"] switch
            {
                SequenceNode list => list.Items,
                { } single => [single],
                null => [],
            };
            if (nodes.IsEmpty)
            {
                Error("statement-missing", (document["Statement"] ?? document).Span, document.Source, "$", "the policy has no statement", "`Statement` holds one object or an array of at least one");
            }

            var statements = ImmutableArray.CreateBuilder<Statement>(nodes.Length);
            for (var i = 0; i < nodes.Length; i++)
            {
                var path = document["Statement"] is SequenceNode ? $"$.Statement[{i}]" : "$.Statement";
                if (nodes[i] is not MappingNode map)
                {
                    Error("element-type", nodes[i], path, $"a statement is an object, this is {Described(nodes[i])}");
                }
                else
                {
                    statements.Add(Statement(map, i, path));
                }
            }

            return statements.ToImmutable();
        }

        private Statement Statement(MappingNode map, int index, string path)
        {
            CheckMembers(map, path, "statement", StatementElements);
            var effect = Effect(map, path);
            var actions = Pair(map, "Action", path);
            var resources = Pair(map, "Resource", path);
            var principal = Principal(map, path);
            var conditions = Conditions(map, path);
            var sid = Text(map, "Sid", path);

            if (actions is null && !Has(map, "Action") && !Has(map, "NotAction"))
            {
                Error("action-missing", map.Span, map.Source, path, "the statement names no action", "add `Action` (or `NotAction`)");
            }

            CheckResourcePresence(map, path);
            CheckPrincipalPresence(map, path);

            // What is missing was reported, and then the policy is broken. The rest still says what somebody means to allow.
            var (negated, place, patterns) = actions ?? (false, map.Span, []);
            return new Statement(index, map.Span, effect ?? new Located<Effect>(Policy.Document.Effect.Allow, map.Span), new ActionElement(negated, place, patterns))
            {
                Sid = sid,
                Principal = principal,
                Resource = resources is { } r ? new ResourceElement(r.Negated, r.Span, r.Values) : null,
                Conditions = conditions,
            };
        }

        private Located<Effect>? Effect(MappingNode map, string path)
        {
            switch (map["Effect"])
            {
                case null:
                    Error("effect-missing", map.Span, map.Source, path, "the statement has no `Effect`", "add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`");
                    return null;
                case ScalarNode { Kind: ScalarKind.String, Text: "Allow" } allow:
                    return new Located<Effect>(Policy.Document.Effect.Allow, allow.Span);
                case ScalarNode { Kind: ScalarKind.String, Text: "Deny" } deny:
                    return new Located<Effect>(Policy.Document.Effect.Deny, deny.Span);
                case ScalarNode { Kind: ScalarKind.String } other:
                    var meant = Suggest.Nearest(other.Text.Trim(), ["Allow", "Deny"]);
                    Problems.Add(Problem("effect-invalid", Severity.Error, other.Span, other.Source, $"{path}.Effect", $"`{other.Text}` is no effect",
                        meant is null ? "expected `Allow` or `Deny`" : $"write `{meant}`, in exactly this case") with { Fix = meant is null ? null : $"\"{meant}\"" });
                    return null;
                case { } node:
                    Error("element-type", node, $"{path}.Effect", $"`Effect` is {Described(node)}, expected `\"Allow\"` or `\"Deny\"`");
                    return null;
            }
        }

        /// <summary><c>Action</c>/<c>NotAction</c> or <c>Resource</c>/<c>NotResource</c>: at most one of the two.</summary>
        private (bool Negated, SourceSpan Span, ImmutableArray<Located<string>> Values)? Pair(MappingNode map, string name, string path)
        {
            var negatedName = "Not" + name;
            if (Has(map, name) && Has(map, negatedName))
            {
                Error($"{name.ToLowerInvariant()}-and-{negatedName.ToLowerInvariant()}", KeyOf(map, negatedName), path,
                    $"the statement has both `{name}` and `{negatedName}`", "keep one; write a second statement for the other");
            }

            var negated = !Has(map, name);
            var member = negated ? negatedName : name;
            return map[member] is { } node && Strings(node, member, $"{path}.{member}") is { } values ? (negated, node.Span, values) : null;
        }

        private void CheckResourcePresence(MappingNode map, string path)
        {
            var written = Has(map, "Resource") ? "Resource" : Has(map, "NotResource") ? "NotResource" : null;
            if (kind == PolicyKind.Trust && written is not null)
            {
                Error("trust-resource-element", KeyOf(map, written), path, $"a trust policy has no `{written}`: its resource is the role itself", "remove it");
            }
            else if (kind != PolicyKind.Trust && written is null)
            {
                Error("resource-missing", map.Span, map.Source, path, "the statement names no resource", "add `Resource`, an ARN or `\"*\"`");
            }
        }

        private void CheckPrincipalPresence(MappingNode map, string path)
        {
            var written = Has(map, "Principal") ? "Principal" : Has(map, "NotPrincipal") ? "NotPrincipal" : null;
            switch (kind)
            {
                case PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session or PolicyKind.ServiceControl when written is not null:
                    Error("principal-not-allowed", KeyOf(map, written), path, $"{PolicyKinds.A(kind)} has no `{written}`: it speaks about whoever it is attached to",
                        "remove it; a trust policy or a bucket policy is where principals are named");
                    break;
                case PolicyKind.Trust or PolicyKind.Resource or PolicyKind.ResourceControl when written is null:
                    Error("principal-missing", map.Span, map.Source, path, $"the statement of {PolicyKinds.A(kind)} names no principal", kind switch
                    {
                        PolicyKind.Trust => "add for example `\"Principal\": { \"Federated\": \"arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com\" }`",
                        PolicyKind.ResourceControl => "add `\"Principal\": \"*\"`",
                        _ => "add `Principal`, for example `{ \"AWS\": \"arn:aws:iam::<account>:role/<name>\" }`",
                    });
                    break;
            }
        }

        private PrincipalElement? Principal(MappingNode map, string path)
        {
            if (Has(map, "Principal") && Has(map, "NotPrincipal"))
            {
                Error("principal-and-notprincipal", KeyOf(map, "NotPrincipal"), path, "the statement has both `Principal` and `NotPrincipal`", "keep one; write a second statement for the other");
            }

            var negated = !Has(map, "Principal");
            var member = negated ? "NotPrincipal" : "Principal";
            path = $"{path}.{member}";
            switch (map[member])
            {
                case null:
                    return null;
                case ScalarNode { Kind: ScalarKind.String, Text: "*" } star:
                    return new PrincipalElement(negated, star.Span, [new PrincipalValue(PrincipalType.Everyone, "*", star.Span)]);
                case ScalarNode { Kind: ScalarKind.String } text:
                    Error("principal-format", text, path, $"`{text.Text}` is no principal: only `*` may stand without a type",
                        $"write `{{ \"{GuessType(text.Text)}\": \"{text.Text}\" }}`");
                    return null;
                case MappingNode types:
                    CheckTwice(types, path);
                    return new PrincipalElement(negated, types.Span, [.. types.Members.SelectMany(m => PrincipalsOf(m, path))]);
                case { } node:
                    Error("element-type", node, path, $"`{member}` is {Described(node)}, expected `\"*\"` or an object such as `{{ \"AWS\": ... }}`");
                    return null;
            }
        }

        private IEnumerable<PrincipalValue> PrincipalsOf(Member member, string path)
        {
            var names = PrincipalTypes.Select(t => t.Name);
            if (!names.Contains(member.Name, StringComparer.Ordinal))
            {
                var meant = Suggest.Nearest(member.Name, names);
                Error("principal-format", member.Key, path, $"`{member.Name}` is no type of principal", meant is null ? $"expected one of {Listed(names)}" : $"did you mean `{meant}`?");
                return [];
            }

            var type = PrincipalTypes.First(t => t.Name == member.Name).Type;
            return (Strings(member.Value, member.Name, $"{path}.{member.Name}") ?? []).Select(v => new PrincipalValue(type, v.Value, v.Span));
        }

        private ImmutableArray<Condition> Conditions(MappingNode statement, string path)
        {
            path = $"{path}.Condition";
            if (statement["Condition"] is not { } node)
            {
                return [];
            }

            if (node is not MappingNode operators)
            {
                Error("element-type", node, path, $"`Condition` is {Described(node)}, expected an object", "write `{ \"StringEquals\": { \"<key>\": \"<value>\" } }`");
                return [];
            }

            if (operators.Members.IsEmpty)
            {
                Add("empty-condition", Severity.Info, node, path, "the condition is empty: it restricts nothing", "leave it out");
            }

            CheckTwice(operators, path);
            var conditions = ImmutableArray.CreateBuilder<Condition>();
            foreach (var member in operators.Members)
            {
                if (member.Value is MappingNode keys)
                {
                    AddKeys(member.Key, keys, $"{path}.{member.Name}", conditions);
                }
                else
                {
                    Error("element-type", member.Value, $"{path}.{member.Name}", $"the operator `{member.Name}` holds {Described(member.Value)}, expected an object of keys and values",
                        $"write `\"{member.Name}\": {{ \"<key>\": \"<value>\" }}`");
                }
            }

            return conditions.ToImmutable();
        }

        private void AddKeys(ScalarNode op, MappingNode keys, string path, ImmutableArray<Condition>.Builder conditions)
        {
            if (keys.Members.IsEmpty)
            {
                Add("empty-condition", Severity.Info, keys, path, $"the operator `{op.Text}` tests no key: it restricts nothing", "leave it out");
            }

            var seen = new Dictionary<string, Member>(StringComparer.OrdinalIgnoreCase);
            foreach (var member in keys.Members)
            {
                if (!seen.TryAdd(member.Name, member) && seen[member.Name].Name != member.Name)
                {
                    Error("condition-key-duplicate-case", member.Key, path, $"`{member.Name}` and `{seen[member.Name].Name}` are one key: keys compare without case",
                        "put the values of both into one array");
                }
                else if (seen[member.Name] != member)
                {
                    ReportTwice(member, seen[member.Name], path);
                }

                if (ConditionValues(member, path) is { } values)
                {
                    conditions.Add(new Condition(At(op), At(member.Key), values, SourceSpan.FromBounds(member.Key.Span.Start, member.Value.Span.End)));
                }
            }
        }

        private ImmutableArray<Located<string>>? ConditionValues(Member member, string path)
        {
            ReadOnlySpan<Node> nodes = member.Value is SequenceNode list ? list.Items.AsSpan() : [member.Value];
            var values = ImmutableArray.CreateBuilder<Located<string>>(nodes.Length);
            var sound = true;
            foreach (var node in nodes)
            {
                if (node is ScalarNode { Kind: not ScalarKind.Null } scalar)
                {
                    values.Add(At(scalar));
                }
                else
                {
                    Error("condition-value-type", node, $"{path}.{member.Name}", $"a condition value is {Described(node)}, expected a string, a number or a boolean");
                    sound = false;
                }
            }

            // `null` is no value; the others still count. An object where a value belongs leaves nothing to compare.
            return sound || values.Count > 0 || member.Value is SequenceNode ? values.ToImmutable() : null;
        }

        private ImmutableArray<Located<string>>? Strings(Node node, string element, string path)
        {
            ReadOnlySpan<Node> nodes = node is SequenceNode list ? list.Items.AsSpan() : [node];
            var values = ImmutableArray.CreateBuilder<Located<string>>(nodes.Length);
            foreach (var item in nodes)
            {
                switch (item)
                {
                    case ScalarNode { Kind: ScalarKind.String } text:
                        values.Add(At(text));
                        break;
                    case ScalarNode { Kind: ScalarKind.Null } when node is SequenceNode && element is "Resource" or "NotResource":
                        Add("element-type", Severity.Warning, item, path, $"`null` in `{element}` names no resource", "remove it: IAM takes it and ignores it");
                        break;
                    default:
                        Error("element-type", item, path, $"`{element}` holds {Described(item)}, expected a string or an array of strings",
                            item is ScalarNode { Kind: ScalarKind.Number } number ? $"write `\"{number.Text}\"`" : null);
                        break;
                }
            }

            return values.Count == 0 && node is not SequenceNode ? null : values.ToImmutable();
        }

        private Located<string>? Text(MappingNode map, string name, string path)
        {
            switch (map[name])
            {
                case null:
                    return null;
                case ScalarNode { Kind: ScalarKind.String } text:
                    return At(text);
                case { } node:
                    Error("element-type", node, $"{path}.{name}", $"`{name}` is {Described(node)}, expected a string");
                    return null;
            }
        }

        private void CheckMembers(MappingNode map, string path, string what, string[] known)
        {
            CheckTwice(map, path);
            foreach (var member in map.Members)
            {
                if (known.Contains(member.Name, StringComparer.Ordinal))
                {
                    continue;
                }

                var meant = Suggest.Nearest(member.Name, known);
                var help = meant is null
                    ? $"a {what} has {Listed(known)}"
                    : meant.Equals(member.Name, StringComparison.OrdinalIgnoreCase) ? $"element names are case-sensitive: write `{meant}`" : $"did you mean `{meant}`?";
                Problems.Add(Problem("element-unknown", Severity.Error, member.Key.Span, member.Key.Source, path, $"a {what} has no element `{member.Name}`", help) with
                {
                    Fix = meant is null ? null : $"\"{meant}\"",
                });
            }
        }

        /// <summary>The JSON reader reports repeated members itself; trees from elsewhere are checked here.</summary>
        private void CheckTwice(MappingNode map, string path)
        {
            var seen = new Dictionary<string, Member>(StringComparer.Ordinal);
            foreach (var member in map.Members)
            {
                if (!seen.TryAdd(member.Name, member))
                {
                    ReportTwice(member, seen[member.Name], path);
                }
            }
        }

        private void ReportTwice(Member member, Member first, string path) =>
            Error("json-duplicate-key", member.Key, path, $"member `{member.Name}` occurs twice in one object",
                $"the first one is at {first.Key.Source.PositionOf(first.Key.Span.Start)}; readers differ in which of the two they keep, so merge them");

        private static bool Has(MappingNode map, string name) => map[name] is not null;

        private static ScalarNode KeyOf(MappingNode map, string name) => map.Members.First(m => m.Name == name).Key;

        private static Located<string> At(ScalarNode node) => new(node.Text, node.Span);

        private static string GuessType(string principal) =>
            principal.Contains("-provider/", StringComparison.Ordinal) ? "Federated" : principal.EndsWith(".amazonaws.com", StringComparison.Ordinal) ? "Service" : "AWS";

        private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"`{n}`"));

        private static string Described(Node node) => node switch
        {
            MappingNode => "an object",
            SequenceNode => "an array",
            ScalarNode { Kind: ScalarKind.String } text => $"the string `{text.Text}`",
            ScalarNode { Kind: ScalarKind.Number } number => $"the number `{number.Text}`",
            ScalarNode { Kind: ScalarKind.Boolean } boolean => $"the boolean `{boolean.Text}`",
            _ => "`null`",
        };

        private void Error(string id, Node node, string path, string message, string? help = null) => Add(id, Severity.Error, node, path, message, help);

        private void Error(string id, SourceSpan span, SourceText source, string path, string message, string? help) =>
            Problems.Add(Problem(id, Severity.Error, FirstCharacter(span), source, path, message, help));

        private void Add(string id, Severity severity, Node node, string path, string message, string? help = null) =>
            Problems.Add(Problem(id, severity, node.Span, node.Source, path, message, help));

        private static Diagnostic Problem(string id, Severity severity, SourceSpan span, SourceText source, string path, string message, string? help) =>
            new(id, severity, source, span, message) { Path = path, Help = help };

        /// <summary>What is missing has no place of its own: point at the opening brace of the object that lacks it.</summary>
        private static SourceSpan FirstCharacter(SourceSpan span) => new(span.Start, Math.Min(1, span.Length));
    }
}
