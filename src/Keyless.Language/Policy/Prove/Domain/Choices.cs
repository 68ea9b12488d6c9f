using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>
/// Few values that stand for all: addresses and instants are cut at the constants a question compares them with, and one
/// representative of each cell behaves as all others do.
/// </summary>
internal static class Choices
{
    private const long LastSecond = 253_402_300_799;
    private const long Noon = 1_782_907_200; // 2026-07-01T12:00:00Z

    public static Dictionary<ChoiceGroup, ImmutableArray<Choice>> For(IReadOnlyCollection<Atom> atoms) => new()
    {
        [ChoiceGroup.Address] = Addresses(Tests(atoms, ChoiceGroup.Address), Keys(atoms, ChoiceGroup.Address)),
        [ChoiceGroup.Instant] = Instants(Tests(atoms, ChoiceGroup.Instant)),
    };

    /// <summary>Whether the representatives stand for all values: true unless an address or instant is compared as text.</summary>
    public static bool AreExhaustive(IReadOnlyCollection<Atom> atoms) => atoms.All(atom =>
        atom.Key is not KeyMeaning.Choice choice || atom.Test is null or KindTest { Family: OperatorFamily.IpAddress }
        || (atom.Test is OperatorTest test && (choice.Group, test.Operator.Family) switch
        {
            (ChoiceGroup.Address, OperatorFamily.IpAddress) => true,
            (ChoiceGroup.Instant, OperatorFamily.Date) => true,
            (ChoiceGroup.Instant, OperatorFamily.Numeric) => choice.Name == "aws:EpochTime",
            _ => test.Comparand.Problem is not null,
        }));

    private static List<OperatorTest> Tests(IReadOnlyCollection<Atom> atoms, ChoiceGroup group) =>
        [.. atoms.Where(atom => atom.Key is KeyMeaning.Choice choice && choice.Group == group).Select(atom => atom.Test).OfType<OperatorTest>()];

    private static List<string> Keys(IReadOnlyCollection<Atom> atoms, ChoiceGroup group) =>
        [.. atoms.Select(atom => atom.Key).OfType<KeyMeaning.Choice>().Where(choice => choice.Group == group).Select(choice => choice.Name).Distinct()];

    private static ImmutableArray<Choice> Addresses(List<OperatorTest> tests, List<string> keys)
    {
        var cuts = new SortedSet<(bool IsV6, UInt128 Address)>();
        foreach (var test in tests)
        {
            var parts = test.Text.Split('/');
            if (!IPAddress.TryParse(parts[0], out var parsed))
            {
                continue;
            }

            var isV6 = parsed.AddressFamily == AddressFamily.InterNetworkV6;
            var width = isV6 ? 128 : 32;
            var prefix = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given <= width ? given : width;
            var size = width - prefix;
            var mask = size >= 128 ? UInt128.Zero : UInt128.MaxValue << size;
            var start = Number(parsed) & mask & (isV6 ? UInt128.MaxValue : uint.MaxValue);
            cuts.Add((isV6, start));
            var end = start + (size >= 128 ? UInt128.Zero : UInt128.One << size);
            if (end > start && (isV6 || end <= uint.MaxValue))
            {
                cuts.Add((isV6, end));
            }
        }

        // An IPv4-mapped IPv6 caller counts as an IPv4 one, so that range is no IPv6 cell.
        cuts.Add((false, 1));
        cuts.Add((true, 1));
        cuts.Add((true, (UInt128)1 << 48));
        string[] texts = ["198.51.100.7", .. cuts.Where(cut => !(cut.IsV6 && cut.Address >> 32 == 0xFFFF)).Select(cut => Text(cut.IsV6, cut.Address)), "2001:db8::7"];
        var choices = ImmutableArray.CreateBuilder<Choice>();
        foreach (var key in keys.Contains("aws:VpcSourceIp") ? ["aws:SourceIp", "aws:VpcSourceIp"] : new[] { "aws:SourceIp" })
        {
            choices.AddRange(texts.Concat(tests.Select(test => test.Text).Where(text => IPAddress.TryParse(text, out _))).Distinct().Select(text => Of((key, text))));
        }

        // Through a VPC endpoint there is no aws:SourceIp.
        choices.Add(Of());
        return choices.DrainToImmutable();
    }

    private static ImmutableArray<Choice> Instants(List<OperatorTest> tests)
    {
        var seconds = new List<long> { Noon };
        foreach (var test in tests)
        {
            long? cut = Instant.TryParsePolicy(test.Text, out var instant) ? (long)(instant.Nanoseconds / 1_000_000_000)
                : decimal.TryParse(test.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < LastSecond ? (long)number
                : null;
            if (cut is { } second)
            {
                seconds.AddRange([second - 1, second, second + 1]);
            }
        }

        seconds.AddRange([0, LastSecond]);
        return [.. seconds.Where(second => second is >= 0 and <= LastSecond).Distinct().Select(second => Of(
            ("aws:CurrentTime", DateTimeOffset.FromUnixTimeSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            ("aws:EpochTime", second.ToString(CultureInfo.InvariantCulture))))];
    }

    private static Choice Of(params ReadOnlySpan<(string Key, string Value)> values)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in values)
        {
            map.Add(key, value);
        }

        return new Choice(map);
    }

    private static UInt128 Number(IPAddress address)
    {
        UInt128 number = 0;
        foreach (var part in address.GetAddressBytes())
        {
            number = (number << 8) | part;
        }

        return number;
    }

    private static string Text(bool isV6, UInt128 address)
    {
        var bytes = new byte[isV6 ? 16 : 4];
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] = (byte)(address & 0xFF);
            address >>= 8;
        }

        return new IPAddress(bytes).ToString();
    }
}
