using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Differential.Reference;

/// <summary>One key under one operator. IAM User Guide, "Condition operators".</summary>
internal sealed class ReferenceCondition(string written, string key, List<string> wanted, Dictionary<string, JsonNode> context, Func<string, string?> fill)
{
    private static readonly string[] Negated = ["StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "NumericNotEquals", "DateNotEquals", "NotIpAddress", "ArnNotEquals", "ArnNotLike"];

    private static readonly string[] Positive =
    [
        "StringEquals", "StringEqualsIgnoreCase", "StringLike", "NumericEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
        "DateEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "ArnEquals", "ArnLike", "Null",
    ];

    /// <summary>Null: the comparison failed.</summary>
    public bool? Holds()
    {
        var (name, all, any, ifExists) = (written, false, false, false);
        if (name.StartsWith("ForAllValues:", StringComparison.OrdinalIgnoreCase))
        {
            (all, name) = (true, name[13..]);
        }
        else if (name.StartsWith("ForAnyValue:", StringComparison.OrdinalIgnoreCase))
        {
            (any, name) = (true, name[12..]);
        }

        if (name.EndsWith("IfExists", StringComparison.OrdinalIgnoreCase))
        {
            (ifExists, name) = (true, name[..^8]);
        }

        var canonical = Positive.Concat(Negated).FirstOrDefault(o => o.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (canonical is null || (canonical == "Null" && ifExists))
        {
            return false;
        }

        var present = context.TryGetValue(key, out var value);
        var negated = Negated.Contains(canonical);
        if (canonical == "Null")
        {
            return all || (!any && wanted.Any(w => w.Equals(present ? "false" : "true", StringComparison.OrdinalIgnoreCase)));
        }

        if (!present)
        {
            return all || (!any && (ifExists || (negated && wanted.Count > 0)));
        }

        var got = value is JsonArray list ? list.Select(v => (string)v!).ToList() : [(string)value!];
        if (all)
        {
            var results = got.Select(g => Passes(canonical, negated, g)).ToList();
            return results.Contains(false) ? false : results.Contains(null) ? null : true;
        }

        if (any)
        {
            var results = got.Select(g => Passes(canonical, negated, g)).ToList();
            return results.Contains(true) ? true : results.Contains(null) ? null : false;
        }

        return value is JsonArray ? got.Count == 0 && negated && wanted.Count > 0 : Passes(canonical, negated, got[0]);
    }

    private bool? Passes(string name, bool negated, string got)
    {
        if (wanted.Count == 0)
        {
            return false;
        }

        var results = wanted.Select(w => Compare(name, got, w)).ToList();
        return results.Contains("equal") ? !negated
            : results.Contains("failed") ? null
            : negated && !results.Contains("neither");
    }

    private string Compare(string name, string got, string policy)
    {
        var filled = name.StartsWith("String", StringComparison.Ordinal) || name.StartsWith("Arn", StringComparison.Ordinal) ? fill(policy) : policy;
        if (name.StartsWith("Arn", StringComparison.Ordinal))
        {
            return CompareArn(got, policy, filled);
        }

        if (filled is null)
        {
            return "different";
        }

        return name switch
        {
            "StringEquals" or "StringNotEquals" => filled == got,
            "StringEqualsIgnoreCase" or "StringNotEqualsIgnoreCase" => filled.Equals(got, StringComparison.OrdinalIgnoreCase),
            "StringLike" or "StringNotLike" => ReferenceText.Glob(filled, got),
            "Bool" => got.ToUpperInvariant() is "TRUE" or "FALSE" && got.Equals(policy, StringComparison.OrdinalIgnoreCase),
            "BinaryEquals" => Bytes(policy) is { } a && Bytes(got) is { } b && a.SequenceEqual(b),
            _ when name.StartsWith("Numeric", StringComparison.Ordinal) => Number(got) is { } n && Number(policy) is { } m && Ordered(name[7..], n.CompareTo(m)),
            _ when name.StartsWith("Date", StringComparison.Ordinal) => Instant(got, request: true) is { } n && Instant(policy, request: false) is { } m && Ordered(name[4..], n.CompareTo(m)),
            _ => CompareAddress(got, policy),
        } switch
        {
            true => "equal",
            false => "different",
            null => "neither",
        };
    }

    private static string CompareArn(string got, string policy, string? filled)
    {
        if (policy != "*" && filled is not null && ReferenceText.ArnPatternFields(filled) is null)
        {
            return ReferenceText.ArnFields(got) is null && policy != filled ? "neither" : "failed";
        }

        if (ReferenceText.ArnFields(got) is not { } fields)
        {
            return "neither";
        }

        if (policy == "*")
        {
            return "equal";
        }

        return filled is not null && ReferenceText.ArnPatternFields(filled)!.Zip(fields).All(f => ReferenceText.Glob(f.First, f.Second)) ? "equal" : "different";
    }

    private static bool Ordered(string relation, int order) => relation switch
    {
        "Equals" or "NotEquals" => order == 0,
        "LessThan" => order < 0,
        "LessThanEquals" => order <= 0,
        "GreaterThan" => order > 0,
        _ => order >= 0,
    };

    /// <summary>A number as a fraction of whole numbers scaled by ten to the thousandth.</summary>
    private static BigInteger? Number(string text)
    {
        var match = Regex.Match(text, @"^([+-]?)([0-9]+)(\.([0-9]+))?([eE]([+-]?[0-9]+))?\z");
        if (!match.Success)
        {
            return null;
        }

        var digits = BigInteger.Parse(match.Groups[2].Value + match.Groups[4].Value, CultureInfo.InvariantCulture);
        var exponent = (match.Groups[6].Success ? int.Parse(match.Groups[6].Value, CultureInfo.InvariantCulture) : 0) - match.Groups[4].Length;
        return digits * BigInteger.Pow(10, 1000 + exponent) * (match.Groups[1].Value == "-" ? -1 : 1);
    }

    private static BigInteger? Instant(string text, bool request)
    {
        var epoch = Regex.Match(text, request ? @"^(-?)([0-9]+)(\.([0-9]+))?\z" : @"^()([0-9]+)\z");
        if (epoch.Success)
        {
            var whole = BigInteger.Parse(epoch.Groups[2].Value, CultureInfo.InvariantCulture) * 1_000_000_000;
            var fraction = BigInteger.Parse((epoch.Groups[4].Value + "000000000")[..9], CultureInfo.InvariantCulture);
            return (whole + fraction) * (epoch.Groups[1].Value == "-" ? -1 : 1);
        }

        var match = Regex.Match(text, @"^(\d{4})-(\d\d)(-(\d\d)([Tt](\d\d):(\d\d)(:(\d\d)(\.(\d{1,9}))?)?([Zz]|([+-])(\d\d)(:(\d\d))?)?)?)?\z");
        int Field(int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        if (!match.Success || Field(1) == 0 || Field(2) is < 1 or > 12 || (match.Groups[4].Success && (Field(4) < 1 || Field(4) > DateTime.DaysInMonth(Field(1), Field(2))))
            || Field(6) > 23 || Field(7) > 59 || Field(9) > 59 || Field(14) > 23 || Field(16) > 59)
        {
            return null;
        }

        var start = new DateTime(Field(1), Field(2), Math.Max(1, Field(4)), Field(6), Field(7), Field(9), DateTimeKind.Utc);
        var zone = ((Field(14) * 60) + Field(16)) * (match.Groups[13].Value == "-" ? -1 : 1);
        var ticks = (BigInteger)(start.Ticks - DateTime.UnixEpoch.Ticks) - ((BigInteger)zone * TimeSpan.TicksPerMinute);
        return (ticks * 100) + BigInteger.Parse((match.Groups[11].Value + "000000000")[..9], CultureInfo.InvariantCulture);
    }

    private static byte[]? Bytes(string text) => Regex.IsMatch(text, @"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\z") ? Convert.FromBase64String(text) : null;

    /// <summary>Null when the request's value is no address.</summary>
    private static bool? CompareAddress(string got, string policy)
    {
        var slash = policy.Split('/');
        var network = Address(slash[0], mapped: false);
        var prefixText = slash.Length > 1 ? slash[1] : null;
        var bad = network is null || slash.Length > 2 || (prefixText is not null && !Regex.IsMatch(prefixText, @"^(0|[1-9][0-9]{0,2})\z"));
        var caller = Address(got, mapped: true);
        if (!bad)
        {
            var width = network!.Value.V6 ? 128 : 32;
            var prefix = prefixText is null ? width : int.Parse(prefixText, CultureInfo.InvariantCulture);
            var tail = BigInteger.Pow(2, Math.Max(0, width - prefix));
            bad = prefix > width || (network.Value.V6 && network.Value.Number % tail != 0);
            if (!bad && caller is { } c)
            {
                return c.V6 == network.Value.V6 && c.Number / tail == network.Value.Number / tail;
            }
        }

        return bad ? false : null;
    }

    private static (BigInteger Number, bool V6)? Address(string text, bool mapped)
    {
        if (Regex.IsMatch(text, @"^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}\z"))
        {
            var octets = text.Split('.').Select(int.Parse).ToList();
            return octets.Any(o => o > 255) ? null : (octets.Aggregate(BigInteger.Zero, (n, o) => (n * 256) + o), false);
        }

        if (!Regex.IsMatch(text, @"^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\z") || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        if (mapped && parsed.IsIPv4MappedToIPv6)
        {
            return Address(parsed.MapToIPv4().ToString(), mapped: false);
        }

        return (new BigInteger(parsed.GetAddressBytes(), isUnsigned: true, isBigEndian: true), true);
    }
}
