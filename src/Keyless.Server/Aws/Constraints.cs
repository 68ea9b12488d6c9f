using System.Buffers;
using System.Globalization;
using System.Text;
using Keyless.Language.Diagnostics;

namespace Keyless.Server.Aws;

/// <summary>
/// Reads parameters under the constraints of AWS's API model and collects every violation, in the words of AWS's framework:
/// <c>2 validation errors detected: Value 'x' at 'roleName' failed to satisfy constraint: Member must ...; ...</c>
/// </summary>
/// <param name="repeatsValues">
/// Whether messages show the value and the words of an enumeration, as STS's do. IAM's (recorded 2025) say <c>Value at 'x'</c> and
/// <c>Member must satisfy enum value set</c>.
/// </param>
public sealed class Constraints(QueryParameters parameters, bool repeatsValues = true)
{
    private List<string>? _violations;
    private List<string>? _causes;
    private string? _mend;
    private AwsError? _unreadable;

    /// <summary>
    /// The <c>ValidationError</c> of everything read so far; null when all of it holds. What is no value of its type at all comes
    /// before any constraint on values.
    /// </summary>
    public AwsError? Error => _unreadable ?? (_violations is null
        ? null
        : CommonErrors.ValidationError(
            $"{_violations.Count} validation error{(_violations.Count == 1 ? "" : "s")} detected: {string.Join("; ", _violations)}") with
        {
            Reason = _causes is null ? null : string.Join("; ", _causes),
            Mend = _mend,
        });

    public QueryParameters Parameters => parameters;

    /// <summary>A parameter that must be there. Empty when it is not, which <see cref="Error"/> then says.</summary>
    public string Required(string name, int min, int max, ParameterPattern? pattern = null)
    {
        var value = parameters.RecentText(name);
        if (value is null)
        {
            Missing(name);
            return "";
        }

        Check(name, value, min, max, pattern);
        return value;
    }

    public string? Optional(string name, int min, int max, ParameterPattern? pattern = null)
    {
        var value = parameters.RecentText(name);
        if (value is not null)
        {
            Check(name, value, min, max, pattern);
        }

        return value;
    }

    /// <summary>A parameter whose value must not be repeated in messages.</summary>
    public string RequiredSecret(string name, int min, int max)
    {
        var value = parameters.Text(name);
        if (value is null)
        {
            Missing(name);
            return "";
        }

        if (value.Length < min || value.Length > max)
        {
            Violate($"Value at '{Field(name)}' failed to satisfy constraint: Member must have length "
                + (value.Length < min ? $"greater than or equal to {min}" : $"less than or equal to {max}"));
            ExplainLength(name, value.Length, min, max);
        }

        return value;
    }

    public int Number(string name, int min, int max, int absent)
    {
        var text = parameters.RecentText(name);
        if (text is null)
        {
            return absent;
        }

        // As recorded: 32 bits with an optional sign. The message is there for an empty value only.
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            _unreadable ??= CommonErrors.MalformedInput(text.Length == 0 ? "missing value for decimal type" : "") with
            {
                Reason = $"`{name}` is `{Clip(text)}`, which is no whole number of 32 bits",
                Mend = $"give a number from {min} to {max}",
            };
            return absent;
        }

        if (value < min || value > max)
        {
            Fail(text, Field(name), "have value " + (value < min ? $"greater than or equal to {min}" : $"less than or equal to {max}"));
            Explain($"`{name}` is `{value}`, {(value < min ? $"below the least, {min}" : $"above the most, {max}")}", $"give a number from {min} to {max}");
            return absent;
        }

        return value;
    }

    public bool Flag(string name, bool absent)
    {
        switch (parameters.Text(name))
        {
            case null or "":
                return absent;
            case "true" or "True" or "TRUE":
                return true;
            case "false" or "False" or "FALSE":
                return false;
            case var text:
                Enumeration(text, name, ["true", "false"]);
                return absent;
        }
    }

    /// <summary>One of the words; null when absent.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> words)
    {
        var value = parameters.Text(name);
        if (value is not null && !words.Contains(value))
        {
            Enumeration(value, name, words);
        }

        return value;
    }

    /// <summary>A list of texts, <c>NAME.member.N</c>.</summary>
    public IReadOnlyList<string> List(string name, int maxCount, int min, int max, ParameterPattern? pattern = null)
    {
        var values = parameters.List(name);
        if (values.Count > maxCount)
        {
            // Its elements are not looked at: thousands of complaints would cost more than the list.
            Count(name, values.Count, maxCount);
            return [];
        }

        if (repeatsValues)
        {
            for (var i = 0; i < values.Count; i++)
            {
                At($"{Field(name)}.{i + 1}.member", values[i], min, max, pattern, $"{name}.member.{i + 1}");
            }
        }
        else if (values.Any(value => value.Length < min || value.Length > max || pattern?.Matches(value) == false))
        {
            // IAM says once for the whole list what each of its members must be; of those with a pattern, so tag keys, also that they are there.
            ExplainMember(name, values, min, max, pattern);
            Fail("", Field(name), "satisfy constraint: [Member must have length less than or equal to " + max
                + ", Member must have length greater than or equal to " + min
                + (pattern is null ? "" : $", Member must satisfy regular expression pattern: {pattern.Text}, Member must not be null") + "]");
        }

        return values;
    }

    /// <summary>As <see cref="List"/>, where the list must be there; it may be empty, which botocore sends as <c>NAME=</c>.</summary>
    public IReadOnlyList<string> RequiredList(string name, int maxCount, int min, int max, ParameterPattern? pattern = null)
    {
        RequireList(name);
        return List(name, maxCount, min, max, pattern);
    }

    /// <summary>Key and value pairs, <c>Tags.member.N.Key</c> and <c>.Value</c>.</summary>
    /// <param name="required">The list must be there; it may be empty.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Tags(string name, int maxCount = 50, bool required = false)
    {
        if (required)
        {
            RequireList(name);
        }

        var numbers = parameters.Numbers(name);
        if (numbers.Count == 0 || numbers.Count > maxCount)
        {
            Count(name, numbers.Count, maxCount);
            return [];
        }

        var tags = new List<KeyValuePair<string, string>>(numbers.Count);
        foreach (var number in numbers)
        {
            tags.Add(new(
                Required($"{name}.member.{number}.Key", 1, 128, ParameterPattern.TagKey),
                Required($"{name}.member.{number}.Value", 0, 256, ParameterPattern.TagValue)));
        }

        return tags;
    }

    /// <summary>A violation that no method here knows.</summary>
    public void Violate(string violation) => (_violations ??= []).Add(violation);

    /// <summary>What the violation is for a person: the parameter, its value, the bound that it breaks; and what to do about the first.</summary>
    public void Explain(string cause, string mend)
    {
        (_causes ??= []).Add(cause);
        _mend ??= mend;
    }

    private void ExplainLength(string name, int length, int min, int max) => Explain(
        $"`{name}` has {length} character{(length == 1 ? "" : "s")}, {(min == max ? $"{min} are required" : length > max ? $"at most {max} are allowed" : $"at least {min} are required")}",
        length <= max ? $"give {(min == max ? "" : "at least ")}{min} characters"
            : name == "Policy" ? $"shorten it by {length - max}; what does not fit goes into a managed policy, passed in `PolicyArns`"
            : $"shorten it by {length - max}");

    private void ExplainMember(string name, IReadOnlyList<string> values, int min, int max, ParameterPattern? pattern)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (ExplainValue($"{name}.member.{i + 1}", values[i], min, max, pattern))
            {
                return;
            }
        }
    }

    private bool ExplainValue(string name, string value, int min, int max, ParameterPattern? pattern)
    {
        var length = LengthOf(value);
        if (length < min && (name.EndsWith("arn", StringComparison.OrdinalIgnoreCase) || name == "PermissionsBoundary"))
        {
            Explain($"`{name}` is `{value}`, which is no ARN", "write the whole ARN: `arn:aws:iam::ACCOUNT:KIND/NAME`");
            return true;
        }

        if (length < min || length > max)
        {
            ExplainLength(name, length, min, max);
            return true;
        }

        if (pattern?.Matches(value) == false)
        {
            var odd = pattern.ByLetter ? value.FirstOrDefault(letter => !pattern.Matches(letter.ToString())) : '\0';
            var what = (odd, value.Length) switch
            {
                ('\0', _) => $"is `{Clip(value)}`",
                (_, <= 60) => string.Create(CultureInfo.InvariantCulture, $"is `{value}`, with the character U+{(int)odd:X4}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"has the character `{odd}` (U+{(int)odd:X4})"),
            };
            Explain($"`{name}` {what}, and {pattern.Kind} has {pattern.Allowed}", $"write {pattern.Kind} with {pattern.Allowed}");
            return true;
        }

        return false;
    }

    private static string Clip(string text) => text.Length <= 60 ? text : text[..60] + "...";

    /// <summary>The parameter as the AWS CLI calls it: <c>--open-id-connect-provider-arn</c>.</summary>
    private static string OptionOf(string name)
    {
        var option = new StringBuilder("--");
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                option.Append('-');
            }

            option.Append(char.ToLowerInvariant(name[i]));
        }

        return option.ToString();
    }

    private void RequireList(string name)
    {
        if (!parameters.Has(Encoding.UTF8.GetBytes(name)))
        {
            Missing(name);
        }
    }

    /// <summary>A parameter that is not there and must be.</summary>
    public void Missing(string name)
    {
        Violate($"Value {(repeatsValues ? "null " : "")}at '{Field(name)}' failed to satisfy constraint: Member must not be null");
        Explain($"the request has no `{name}`", name.Contains('.') ? $"give `{name}`" : $"give it: in the AWS CLI `{OptionOf(name)}`");
    }

    private void Fail(string value, string place, string must) =>
        Violate($"Value {(repeatsValues ? $"'{value}' " : "")}at '{place}' failed to satisfy constraint: Member must {must}");

    private void Enumeration(string value, string name, ReadOnlySpan<string> words)
    {
        Fail(value, Field(name), "satisfy enum value set" + (repeatsValues ? $": [{string.Join(", ", words)}]" : ""));
        string[] quoted = [.. words];
        Explain($"`{name}` is `{Clip(value)}`, none of {string.Join(", ", quoted.Select(word => $"`{word}`"))}", Suggest.Nearest(value, quoted) is { } near ? $"write `{near}`" : "write one of them");
    }

    /// <summary>The number of a list's elements.</summary>
    public void Count(string name, int count, int max)
    {
        if (count > max)
        {
            Violate($"Value at '{Field(name)}' failed to satisfy constraint: Member must have length less than or equal to {max}");
            Explain($"the request has {count} `{name}`, at most {max} are allowed", $"leave out {count - max}");
        }
    }

    private void Check(string name, string value, int min, int max, ParameterPattern? pattern)
    {
        if (!Holds(value, min, max, pattern))
        {
            At(Field(name), value, min, max, pattern, name);
        }
    }

    private static bool Holds(string value, int min, int max, ParameterPattern? pattern) =>
        LengthOf(value) is var length && length >= min && length <= max && (pattern is null || pattern.Matches(value));

    /// <summary>AWS counts characters, not UTF-16's units.</summary>
    private static int LengthOf(string value)
    {
        var length = value.Length;
        foreach (var unit in value)
        {
            length -= char.IsLowSurrogate(unit) ? 1 : 0;
        }

        return length;
    }

    /// <summary>A value that this did not read, at a place such as <c>policyArns.1.member.arn</c>.</summary>
    /// <param name="name">The parameter, as the request names it.</param>
    public void At(string place, string value, int min, int max, ParameterPattern? pattern, string name)
    {
        ExplainValue(name, value, min, max, pattern);
        if (pattern is not null && !pattern.Matches(value))
        {
            Fail(value, place, "satisfy regular expression pattern: " + pattern.Text);
        }

        var length = LengthOf(value);
        if (length > max)
        {
            Fail(value, place, $"have length less than or equal to {max}");
        }
        else if (length < min)
        {
            Fail(value, place, $"have length greater than or equal to {min}");
        }
    }

    /// <summary>The name of a parameter as messages have it: <c>tags.1.member.key</c> for <c>Tags.member.1.Key</c>.</summary>
    private static string Field(string name)
    {
        if (!name.Contains('.'))
        {
            return Camel(name);
        }

        return name.Split('.') is [var list, "member", var number, var member] ? $"{Camel(list)}.{number}.member.{Camel(member)}" : Camel(name);
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>A pattern of the API model: the text that messages show and what it accepts.</summary>
/// <param name="Kind">What the value is meant to be, for people.</param>
/// <param name="Allowed">What such a value has.</param>
public sealed record ParameterPattern(string Text, Func<string, bool> Matches, string Kind, string Allowed)
{
    /// <summary>Whether it is a rule for each character by itself.</summary>
    public bool ByLetter { get; init; } = true;

    private const string TagRule = "only letters, digits, spaces and `_.:/=+-@`";
    private const string NameRule = "only letters, digits and `_+=,.@-`";

    private static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-");

    /// <summary>Names of roles, users, policies and sessions.</summary>
    public static ParameterPattern Name { get; } = new(@"[\w+=,.@-]+", text => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(NameLetters), "a name", NameRule);

    /// <summary>As <see cref="Name"/>, where the model has a star.</summary>
    public static ParameterPattern NameOrEmpty { get; } = new(@"[\w+=,.@-]*", text => !text.AsSpan().ContainsAnyExcept(NameLetters), "a name", NameRule);

    /// <summary>
    /// An ARN. Java reads the pattern's last two ranges otherwise than they look, so that characters beyond U+FFFF do not match, as
    /// recorded.
    /// </summary>
    public static ParameterPattern Arn { get; } = new(
        @"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
        text => text.Length > 0 && text.All(letter => letter is '\t' or '\n' or '\r' or (>= ' ' and <= '\uD7FF') or (>= '\uE000' and <= '\uFFFD')), "an ARN", "only printable characters up to U+FFFD");

    /// <summary>A path: <c>/</c>, or text between two slashes.</summary>
    public static ParameterPattern Path { get; } = new(@"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", IsPath, "a path", "a `/` at its beginning and end, as `/team/`, and no spaces") { ByLetter = false };

    /// <summary>A managed policy's path, and path prefixes of managed policies.</summary>
    public static ParameterPattern PolicyPath { get; } = new(@"((/[A-Za-z0-9\.,\+@=_-]+)*)/", IsPolicyPath, "a path", "a `/` at its beginning and end, as `/team/`, and letters, digits and `_+=,.@-` between") { ByLetter = false };

    /// <summary>A path prefix, which need not end with a slash.</summary>
    public static ParameterPattern PathPrefix { get; } =
        new(@"\u002F[\u0021-\u007F]*", text => text.StartsWith('/') && text.All(letter => letter is >= '!' and <= '\u007f'), "a path prefix", "a `/` at its beginning and no spaces") { ByLetter = false };

    public static ParameterPattern Document { get; } = new(
        @"[\u0009\u000A\u000D\u0020-\u00FF]+", text => text.Length > 0 && text.All(letter => letter is '\t' or '\n' or '\r' or (>= ' ' and <= '\u00ff')), "a policy document", "only characters of Latin-1, and at least one");

    public static ParameterPattern Description { get; } = new(
        @"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
        text => text.All(letter => letter is '\t' or '\n' or '\r' or (>= ' ' and <= '~') or (>= '\u00a1' and <= '\u00ff')), "a description", "only printable characters of Latin-1");

    public static ParameterPattern TagKey { get; } = new(@"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", text => text.Length > 0 && text.All(IsTag), "a tag key", TagRule);

    public static ParameterPattern TagValue { get; } = new(@"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", text => text.All(IsTag), "a tag value", TagRule);

    /// <summary>A pagination marker.</summary>
    public static ParameterPattern Marker { get; } = new(@"[\u0020-\u00FF]+", text => text.All(letter => letter is >= ' ' and <= '\u00ff'), "a marker", "only characters of Latin-1, as the page before gave it");

    /// <summary>An access key id.</summary>
    public static ParameterPattern Word { get; } = new(@"[\w]+", text => text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'), "an access key id", "only letters and digits");

    private static bool IsPath(string text) =>
        text == "/" || (text.Length > 2 && text[0] == '/' && text[^1] == '/' && text.All(letter => letter is >= '!' and <= '~'));

    private static bool IsPolicyPath(string text) =>
        text.StartsWith('/') && text.EndsWith('/') && !text.Contains("//", StringComparison.Ordinal) && text.All(letter => letter == '/' || NameLetters.Contains(letter));

    private static bool IsTag(char letter) =>
        char.IsLetter(letter) || char.IsNumber(letter) || char.IsSeparator(letter) || letter is '_' or '.' or ':' or '/' or '=' or '+' or '-' or '@'
        || char.IsSurrogate(letter);
}
