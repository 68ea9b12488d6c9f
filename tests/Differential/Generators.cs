using System.Text.Json.Nodes;
using CsCheck;

namespace Differential;

/// <summary>
/// Requests and policies in the corpus's form, from few words, so that near matches are the rule. Every operator, malformed values,
/// all kinds of policy, both accounts.
/// </summary>
internal static class Generators
{
    private const string Provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    private const string Host = "token.actions.githubusercontent.com:";

    private static readonly string[] Keys = ["k:text", "K:Text", "k:number", "k:date", "k:bool", "k:ip", "k:arn", "k:bytes", "k:list", "k:absent", Host + "sub", Host + "aud", Host + "ref"];

    private static readonly Gen<string> Text = Choice("a", "A", "ab", "abc", "a*c", "", " ", "straße", "STRASSE", "ü", "Ü", "😀", "x\ny", "${k:text}", "*", "?");

    private static readonly Gen<string> Pattern = Choice(
        "a", "A", "ab", "a*", "*c", "*b*", "a?c", "??", "?*", "*", "**", "", "a**c", "${k:text}", "${k:absent}", "${k:absent, 'ab'}", "${K:TEXT}x", "a${*}c", "${?}", "${$}", "${k:list}",
        "${k:list, 'a'}", "${", "${}", "${k text}", "${k:text, ab}", "*${k:text}*", "x\ny", "ü", "😀", "?😀", "${k:text, 'a, b'}");

    private static readonly Gen<string> Number = Choice(
        "0", "-0", "1", "+1", "1.0", "01", "1e1", "10", "1E-1", "0.1", ".5", "5.", "9007199254740992", "9007199254740993", "5apples", "", "NaN", "1/2", "-3", "-2.99", "1e400", "1e-400", "0e999", " 1");

    private static readonly Gen<string> Date = Choice(
        "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01t00:00:00z", "2026-01-01", "2026-01", "2026", "1767225600", "1767225600.5", "-1", "2026-02-30", "2026-13-01",
        "2026-01-01T24:00Z", "2026-01-01T00:00", "2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.1234567891Z", "2025-12-31T23:59:59.999999999Z", "soon", "", "2026-01-01T00:00:00+1", "2026-01-01T00Z", "0000-01-01", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00-00:30");

    private static readonly Gen<string> Flag = Choice("true", "false", "TRUE", "False", "yes", "", "1");

    private static readonly Gen<string> Address = Choice(
        "10.0.0.1", "10.0.0.0/8", "10.0.0.1/8", "0.0.0.0/0", "::/0", "192.0.2.1/32", "192.0.2.1", "2001:db8::/32", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8::1/32", "::ffff:10.0.0.1", "10.0.0.0/33", "10.0.0",
        "010.0.0.1", "256.0.0.1", "[::1]", "::1%1", "::1", "10.0.0.1/08", "10.0.0.1/", "", "2001:db8::/129", "10.0.0.0/-1", "::ffff:10.0.0.0/104");

    private static readonly Gen<string> ArnText = Choice(
        "arn:aws:sns:eu-west-1:1:t", "arn:aws:sns:eu-west-1:1:t:u", "arn:aws:sns:*:1:t", "arn:aws:sns:*:*:*", "arn:aws:sns:*", "*", "arn:aws:s?s:eu-west-1:1:t*", "topic", "", "arn:aws:iam::111122223333:role/r", "arn:aws:iam::${k:text}:role/*",
        "${k:arn}", "${k:absent}", "arn:aws:sns:eu-west-1:1:${k:text}", "ARN:aws:sns:eu-west-1:1:t", "arn:*:*:*:*:*", "${k:text}");

    private static readonly Gen<string> Bytes = Choice("YWJj", "YWJjZA==", "YWJj ", "abc", "YWI=", "", "YWJ=", "é");

    private static readonly string[] Operators =
    [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan",
        "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
        "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null", "stringequals", "StringStartsWith",
    ];

    private static readonly Gen<string> Operator =
        from set in Choice("", "", "", "ForAllValues:", "ForAnyValue:", "foranyvalue:")
        from name in Choice(Operators)
        from suffix in Choice("", "", "", "IfExists")
        select set + name + suffix;

    /// <summary>Mostly values of the operator's own kind, sometimes of another.</summary>
    private static Gen<string> ValueFor(string op, bool policySide)
    {
        var own = op.ToUpperInvariant() switch
        {
            var o when o.Contains("NUMERIC") => Number,
            var o when o.Contains("DATE") => Date,
            var o when o.Contains("BOOL") || o.Contains("NULL") => Flag,
            var o when o.Contains("IPADDRESS") => Address,
            var o when o.Contains("ARN") => ArnText,
            var o when o.Contains("BINARY") => Bytes,
            _ => policySide ? Pattern : Text,
        };
        return Gen.Frequency((9, own), (1, Gen.OneOf(Number, Date, Flag, Address, ArnText, Bytes, Text)));
    }

    private static Gen<JsonNode> OneOrMore(Gen<string> value) => Gen.Frequency(
        (4, value.Select(v => (JsonNode)JsonValue.Create(v))),
        (4, value.Array[1, 3].Select(Array)),
        (1, Gen.Const(0).Select(_ => (JsonNode)new JsonArray())));

    private static Gen<T> Choice<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static JsonNode Array(string[] values) => new JsonArray([.. values.Select(v => JsonValue.Create(v))]);

    /// <summary>An operator, a key, the policy's values, and the request's value of that key.</summary>
    private static readonly Gen<(string Operator, string Key, JsonNode Wanted, JsonNode? Got)> Condition =
        from op in Operator
        from key in Choice(Keys)
        from wanted in OneOrMore(ValueFor(op, policySide: true))
        from got in Gen.Frequency((6, ValueFor(op, policySide: false).Select(v => (JsonNode?)JsonValue.Create(v))), (2, OneOrMore(ValueFor(op, policySide: false)).Select(v => (JsonNode?)v)), (2, Gen.Const((JsonNode?)null)))
        select (op, key, wanted, got);

    private static readonly Gen<string> ActionPattern = Choice("*", "s3:*", "s3:GetObject", "S3:getobject", "s3:Get*", "s3:?etObject", "s*:GetObject", "s3:PutObject", "s3:Get* ", "s3", "s3:Get:Object", "sts:*", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", "*:*");

    private static readonly Gen<string> ResourcePattern = Choice(
        "*", "arn:aws:s3:::b/k", "arn:aws:s3:::b/*", "arn:aws:s3:::*", "arn:aws:s3:::B/k", "arn:AWS:S3:::b/k", "arn:*:s3:::b/k", "arn:aws:s3:*:*:b/k", "arn:aws:s3:::b/${k:text}", "arn:aws:s3:::b/${k:absent}", "arn:aws:s3:::b/?",
        "arn:aws:s3", "arn:aws", "arn:aws:s3:::b", "b/k", "arn:aws:s3:::${k:text, 'b'}/*", "arn:aws:iam::111122223333:role/*", "**");

    private static readonly Gen<JsonNode> Principal = Choice(
        "\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":\"111122223333\"}", "{\"AWS\":\"arn:aws:iam::111122223333:root\"}", "{\"AWS\":[\"arn:aws:iam::111122223333:user/team/ana\",\"999999999999\"]}", "{\"AWS\":\"arn:aws:iam::111122223333:role/path/R\"}",
        "{\"AWS\":\"arn:aws:sts::111122223333:assumed-role/R/s\"}", "{\"AWS\":\"arn:aws:sts::111122223333:federated-user/ana\"}", "{\"AWS\":\"arn:aws:iam::111122223333:role/*\"}", "{\"Service\":\"ec2.amazonaws.com\"}",
        "{\"Federated\":\"" + Provider + "\"}", "{\"AWS\":[],\"Service\":\"s3.amazonaws.com\"}", "{\"CanonicalUser\":\"abc\"}", "{\"AWS\":\"ana\"}", "{\"Federated\":\"*\"}")
        .Select(text => JsonNode.Parse(text)!);

    private static Gen<(JsonObject Statement, JsonObject Context)> Statement(bool principals) =>
        from effect in Choice("Allow", "Allow", "Allow", "Deny")
        from actions in OneOrMore(ActionPattern)
        from notAction in Choice(false, false, false, true)
        from resources in OneOrMore(ResourcePattern)
        from notResource in Choice(false, false, false, true)
        from principal in Principal
        from principalElement in Choice("Principal", "Principal", "Principal", "Principal", "NotPrincipal", "")
        from conditions in Condition.Array[0, 2]
        select Build(principals, effect, actions, notAction, resources, notResource, principal, principalElement, conditions);

    private static (JsonObject, JsonObject) Build(
        bool principals, string effect, JsonNode actions, bool notAction, JsonNode resources, bool notResource, JsonNode principal, string principalElement, (string Operator, string Key, JsonNode Wanted, JsonNode? Got)[] conditions)
    {
        var statement = new JsonObject { ["Effect"] = effect, [notAction ? "NotAction" : "Action"] = actions.DeepClone(), [notResource ? "NotResource" : "Resource"] = resources.DeepClone() };
        if (principals && principalElement.Length > 0)
        {
            statement[principalElement] = principal.DeepClone();
        }

        var (block, context) = (new JsonObject(), new JsonObject());
        foreach (var (op, key, wanted, got) in conditions)
        {
            // Keys that differ in case are one key, which no document may have twice.
            var keys = block[op] as JsonObject ?? [];
            if (!keys.Any(k => k.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            {
                keys[key] = wanted.DeepClone();
            }

            block[op] = keys.Parent is null ? keys : keys.DeepClone();
            if (got is not null && !context.Any(k => k.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            {
                context[key] = got.DeepClone();
            }
        }

        if (block.Count > 0)
        {
            statement["Condition"] = block;
        }

        return (statement, context);
    }

    private static Gen<(JsonObject Policy, JsonObject Context)> Policy(bool principals) =>
        from version in Choice("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", "")
        from statements in Statement(principals).Array[1, 3]
        select Document(version, statements);

    private static (JsonObject, JsonObject) Document(string version, (JsonObject Statement, JsonObject Context)[] statements)
    {
        var document = new JsonObject();
        if (version.Length > 0)
        {
            document["Version"] = version;
        }

        document["Statement"] = new JsonArray([.. statements.Select(s => s.Statement.DeepClone())]);
        var context = new JsonObject();
        foreach (var (key, value) in statements.SelectMany(s => s.Context))
        {
            if (!context.Any(k => k.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            {
                context[key] = value?.DeepClone();
            }
        }

        return (document, context);
    }

    private static readonly Gen<(string Type, string? Principal)> Requester = Choice<(string, string?)>(
        ("aws", "arn:aws:iam::111122223333:user/team/ana"), ("aws", "arn:aws:sts::111122223333:assumed-role/R/s"), ("aws", "arn:aws:sts::111122223333:assumed-role/r/s"), ("aws", "arn:aws:sts::111122223333:federated-user/ana"),
        ("aws", "arn:aws:iam::111122223333:root"), ("aws", "arn:aws:iam::999999999999:user/bob"), ("service", "ec2.amazonaws.com"), ("federated", Provider), ("federated", Provider), ("anonymous", null));

    /// <summary>A whole case: <c>{"request", "policies"}</c>.</summary>
    public static readonly Gen<JsonObject> Case =
        from requester in Requester
        from target in Choice(("s3:GetObject", "arn:aws:s3:::b/k"), ("s3:GetObject", "arn:aws:s3:::b/ab"), ("s3:ListAllMyBuckets", "*"), ("sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/R"), ("sts:AssumeRole", "arn:aws:iam::111122223333:role/R"), ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"), ("sts:GetCallerIdentity", "*"))
        from owner in Choice("111122223333", "111122223333", "999999999999", "")
        from identity in Policy(principals: false).Array[0, 2]
        from resource in Gen.Frequency((3, Policy(principals: true).Array[1, 1]), (1, Policy(principals: true).Array[0, 0]))
        from boundaries in Gen.Frequency((3, Policy(principals: false).Array[0, 0]), (1, Policy(principals: false).Array[1, 2]))
        from session in Gen.Frequency((3, Policy(principals: false).Array[0, 0]), (1, Policy(principals: false).Array[1, 1]))
        from scps in Gen.Frequency((4, Policy(principals: false).Array[0, 0]), (1, Policy(principals: false).Array[1, 2]))
        from rcps in Gen.Frequency((4, Policy(principals: true).Array[0, 0]), (1, Policy(principals: true).Array[1, 1]))
        from endpoints in Gen.Frequency((5, Policy(principals: true).Array[0, 0]), (1, Policy(principals: true).Array[1, 1]))
        from wildcardOnly in Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true)))
        select Compose(requester, target, owner, wildcardOnly, identity, resource, boundaries, session, scps, rcps, endpoints);

    private static JsonObject Compose(
        (string Type, string? Principal) requester, (string Action, string Resource) target, string owner, bool wildcardOnly,
        (JsonObject Policy, JsonObject Context)[] identity, (JsonObject Policy, JsonObject Context)[] resource, (JsonObject Policy, JsonObject Context)[] boundaries, (JsonObject Policy, JsonObject Context)[] session,
        (JsonObject Policy, JsonObject Context)[] scps, (JsonObject Policy, JsonObject Context)[] rcps, (JsonObject Policy, JsonObject Context)[] endpoints)
    {
        var context = new JsonObject();
        foreach (var (key, value) in new[] { identity, resource, boundaries, session, scps, rcps, endpoints }.SelectMany(p => p).SelectMany(p => p.Context))
        {
            if (!context.Any(k => k.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            {
                context[key] = value?.DeepClone();
            }
        }

        var request = new JsonObject { ["action"] = target.Action, ["resource"] = target.Resource, ["principalType"] = requester.Type, ["context"] = context };
        if (requester.Principal is not null)
        {
            request["principal"] = requester.Principal;
        }

        if (owner.Length > 0)
        {
            request["resourceAccount"] = owner;
        }

        if (wildcardOnly)
        {
            request["wildcardOnlyAction"] = true;
        }

        var policies = new JsonObject { ["identity"] = List(identity) };
        if (resource.Length > 0)
        {
            policies["resource"] = resource[0].Policy.DeepClone();
        }

        if (session.Length > 0)
        {
            policies["session"] = session[0].Policy.DeepClone();
        }

        policies["boundaries"] = List(boundaries);
        policies["endpoints"] = List(endpoints);
        policies["scps"] = new JsonArray([.. scps.Select(p => new JsonArray(p.Policy.DeepClone()))]);
        policies["rcps"] = new JsonArray([.. rcps.Select(p => new JsonArray(p.Policy.DeepClone()))]);
        return new JsonObject { ["request"] = request, ["policies"] = policies };
    }

    private static JsonArray List((JsonObject Policy, JsonObject Context)[] policies) => new([.. policies.Select(p => p.Policy.DeepClone())]);
}
