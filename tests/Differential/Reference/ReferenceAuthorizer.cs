using System.Text.Json.Nodes;

namespace Differential.Reference;

/// <summary>
/// The evaluator as a specification: short, slow, obvious, straight from the JSON of the conformance corpus, sharing no code with the
/// product. IAM User Guide, "Policy evaluation logic".
/// </summary>
internal sealed class ReferenceAuthorizer(JsonNode request, JsonNode policies)
{
    private readonly string _action = (string)request["action"]!;
    private readonly string _resource = (bool?)request["wildcardOnlyAction"] == true ? "*" : (string?)request["resource"] ?? "*";
    private readonly string _type = (string)request["principalType"]!;
    private readonly string _principal = (string?)request["principal"] ?? "";

    private readonly Dictionary<string, JsonNode> _context =
        (request["context"] as JsonObject ?? []).ToDictionary(p => p.Key, p => p.Value!, StringComparer.OrdinalIgnoreCase);

    private bool IsAws => _type == "aws";

    private bool IsTrust => _action.StartsWith("sts:", StringComparison.OrdinalIgnoreCase) && ReferenceText.ArnFields((string?)request["resource"] ?? "") is { } f && f[5].StartsWith("role/", StringComparison.Ordinal);

    public string Decide()
    {
        if (_action.Equals("sts:GetCallerIdentity", StringComparison.OrdinalIgnoreCase))
        {
            return "Allow";
        }

        // Who is limited by what.
        var identity = IsAws ? List("identity") : [];
        var boundaries = IsAws ? List("boundaries") : [];
        var session = IsAws && policies["session"] is { } s ? [s] : new List<JsonNode>();
        var scps = IsAws ? Levels("scps") : [];
        var rcps = Levels("rcps");
        var endpoints = List("endpoints");
        var resource = policies["resource"] is { } r ? [r] : new List<JsonNode>();

        if (Any("Deny", "identity", identity) || Any("Deny", "boundary", boundaries) || Any("Deny", "session", session)
            || scps.Any(level => Any("Deny", "scp", level)) || rcps.Any(level => Any("Deny", "rcp", level))
            || Any("Deny", "endpoint", endpoints) || Any("Deny", "resource", resource))
        {
            return "ExplicitDeny";
        }

        var limits = scps.All(level => Any("Allow", "scp", level)) && endpoints.All(e => Any("Allow", "endpoint", [e]));
        var i = Any("Allow", "identity", identity) || _principal.EndsWith(":root", StringComparison.Ordinal);
        var b = boundaries.All(p => Any("Allow", "boundary", [p]));
        var s1 = session.Count == 0 || Any("Allow", "session", session);
        var match = Strongest("resource", resource);
        var granted = !IsAws ? match > 0
            : !SameAccount() ? match > 0 && i && b && s1
            : match switch
            {
                3 => true,
                2 => b && s1,
                1 => i && b && s1,
                _ => !(IsTrust || _action.StartsWith("kms:", StringComparison.OrdinalIgnoreCase)) && i && b && s1,
            };
        return limits && granted ? "Allow" : "ImplicitDeny";
    }

    private bool SameAccount() => request["resourceAccount"] is not { } owner || (string)owner! == (ReferenceText.ArnFields(_principal)?[4] ?? "");

    private bool Any(string effect, string kind, List<JsonNode> documents) => documents.Any(d => Statements(d).Any(s => (string)s["Effect"]! == effect && Applies(kind, d, s) > 0));

    private int Strongest(string kind, List<JsonNode> documents) =>
        documents.SelectMany(d => Statements(d).Where(s => (string)s["Effect"]! == "Allow").Select(s => Applies(kind, d, s))).DefaultIfEmpty(0).Max();

    /// <summary>0 when it does not apply; otherwise how it names the requester: 1 account, 2 parent, 3 itself.</summary>
    private int Applies(string kind, JsonNode document, JsonNode statement)
    {
        var principal = Principal(kind, statement);
        return principal > 0 && ActionApplies(statement) && ResourceApplies(kind, document, statement) && ConditionsHold(document, statement) ? principal : 0;
    }

    private bool ActionApplies(JsonNode statement) =>
        statement["Action"] is { } actions ? Texts(actions).Any(ActionMatches) : !Texts(statement["NotAction"]!).Any(ActionMatches);

    private bool ActionMatches(string pattern)
    {
        var (p, a) = (pattern.ToUpperInvariant().Split(':'), _action.ToUpperInvariant().Split(':'));
        return pattern == "*" || (p.Length == 2 && a.Length == 2 && ReferenceText.Glob(p[0], a[0]) && ReferenceText.Glob(p[1], a[1]));
    }

    private bool ResourceApplies(string kind, JsonNode document, JsonNode statement) =>
        statement["Resource"] is { } wanted ? Texts(wanted).Any(p => ResourceMatches(kind, document, p))
        : statement["NotResource"] is { } excepted ? !Texts(excepted).Any(p => ResourceMatches(kind, document, p))
        : kind == "resource";

    private bool ResourceMatches(string kind, JsonNode document, string pattern)
    {
        if (pattern == "*")
        {
            return true;
        }

        var fields = pattern.Split(':', 6).ToList();
        if (!fields[0].Equals("arn", StringComparison.OrdinalIgnoreCase) || _resource == "*" || ReferenceText.ArnFields(_resource) is not { } got)
        {
            return false;
        }

        while (fields.Count < 6 && kind is "identity" or "boundary" or "session")
        {
            fields.Add("*");
        }

        return fields.Count == 6
            && Enumerable.Range(0, 5).All(i => ReferenceText.Glob(fields[i].ToUpperInvariant(), got[i].ToUpperInvariant()))
            && Filled(document, fields[5], wildcards: true) is { } last && ReferenceText.Glob(last, got[5]);
    }

    private int Principal(string kind, JsonNode statement)
    {
        if (kind is "identity" or "boundary" or "session" or "scp")
        {
            return 3;
        }

        if (statement["Principal"] is { } named)
        {
            return PrincipalMatch(named);
        }

        if (statement["NotPrincipal"] is { } excepted)
        {
            var always = (string)statement["Effect"]! == "Deny" && List("boundaries").Count > 0;
            return PrincipalMatch(excepted) == 0 || always ? 3 : 0;
        }

        return kind is "endpoint" or "rcp" ? 3 : 0;
    }

    private int PrincipalMatch(JsonNode element) => element is JsonObject map
        ? map.SelectMany(type => Texts(type.Value!).Select(v => OneMatch(type.Key, v))).DefaultIfEmpty(0).Max()
        : (string)element! == "*" ? 3 : 0;

    private int OneMatch(string type, string value) => type switch
    {
        "Service" => _type == "service" && value == _principal ? 3 : 0,
        "Federated" => _type == "federated" && value == _principal ? 3 : 0,
        "AWS" when value == "*" => _type == "federated" ? 0 : 3,
        "AWS" when IsAws => AwsMatch(value),
        _ => 0,
    };

    private int AwsMatch(string value)
    {
        if (value.Contains('*') || value.Contains('?') || ReferenceText.ArnFields(_principal) is not { } me)
        {
            return 0;
        }

        if (value == me[4] || value == $"arn:{me[1]}:iam::{me[4]}:root")
        {
            return 1;
        }

        if (value == _principal)
        {
            return 3;
        }

        var named = ReferenceText.ArnFields(value);
        if (named is null || me[2] != "sts" || named[2] != "iam" || me[1] != named[1] || me[4] != named[4])
        {
            return 0;
        }

        var (mine, its) = (me[5].Split('/'), named[5].Split('/'));
        var session = mine[0] == "assumed-role" && mine.Length > 2 && its[0] == "role" && mine[1].Equals(its[^1], StringComparison.OrdinalIgnoreCase);
        var federated = mine[0] == "federated-user" && its[0] == "user" && me[5]["federated-user/".Length..] == its[^1];
        return session || federated ? 2 : 0;
    }

    private bool ConditionsHold(JsonNode document, JsonNode statement)
    {
        var results = from op in statement["Condition"] as JsonObject ?? []
                      from key in (JsonObject)op.Value!
                      select new ReferenceCondition(op.Key, key.Key, Texts(key.Value!), _context, v => Filled(document, v, op.Key.Contains("Like", StringComparison.OrdinalIgnoreCase) || op.Key.Contains("Arn", StringComparison.OrdinalIgnoreCase))).Holds();
        var all = results.ToList();

        // A comparison that fails keeps an Allow from applying, and not a Deny.
        return !all.Contains(false) && (!all.Contains(null) || (string)statement["Effect"]! == "Deny");
    }

    /// <summary>The text with its variables replaced, what they bring made literal by marking it; null when one has no value.</summary>
    private string? Filled(JsonNode document, string text, bool wildcards) =>
        (string?)document["Version"] == "2012-10-17" ? ReferenceText.Fill(text, _context, wildcards) : text;

    private static IEnumerable<JsonNode> Statements(JsonNode document) => document["Statement"] is JsonArray list ? list.Select(s => s!) : [document["Statement"]!];

    private List<JsonNode> List(string name) => policies[name] is JsonArray list ? [.. list.Select(p => p!)] : [];

    private List<List<JsonNode>> Levels(string name) => policies[name] is JsonArray levels ? [.. levels.Select(l => ((JsonArray)l!).Select(p => p!).ToList())] : [];

    private static List<string> Texts(JsonNode node) => node is JsonArray list ? [.. list.Select(v => Text(v!))] : [Text(node)];

    private static string Text(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString();
}
