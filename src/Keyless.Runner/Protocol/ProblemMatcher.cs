using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keyless.Runner.Protocol;

/// <summary>What a matcher read from the lines of a tool. Absent groups are null, groups that took no part are empty.</summary>
public sealed record ProblemMatch(
    string Owner, string? File, string? Line, string? Column, string? Severity, string? Code, string? Message, string? FromPath);

/// <summary>
/// Turns the output of compilers and linters into annotations: a sequence of regular expressions that follow each other line by line.
/// <c>actions/toolkit</c>, "Problem matchers".
/// </summary>
public sealed partial class ProblemMatcher
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);
    private const int MostTimeouts = 3;
    private readonly ImmutableArray<Pattern> _patterns;
    private readonly string? _severity;
    private readonly string? _fromPath;
    private ProblemMatch?[] _state;
    private int _timeouts;

    private ProblemMatcher(string owner, string? severity, string? fromPath, ImmutableArray<Pattern> patterns)
    {
        Owner = owner;
        _severity = severity;
        _fromPath = fromPath;
        _patterns = patterns;
        _state = new ProblemMatch?[patterns.Length];
    }

    public string Owner { get; }

    /// <summary>After three matches that took over a second it is of no more use.</summary>
    public bool IsExhausted => _timeouts >= MostTimeouts;

    /// <summary>The text without terminal colours.</summary>
    public static string WithoutColours(string line) => line.Contains('\u001b') ? Colours().Replace(line, "") : line;

    /// <summary>Reads a matcher file; null and a sentence when it does not follow the rules.</summary>
    public static ImmutableArray<ProblemMatcher>? Read(string json, out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var matchers = ImmutableArray.CreateBuilder<ProblemMatcher>();
            if (!document.RootElement.TryGetProperty("problemMatcher", out var list) || list.ValueKind != JsonValueKind.Array)
            {
                problem = "`problemMatcher` must be a list of matchers";
                return null;
            }

            foreach (var item in list.EnumerateArray())
            {
                if (ReadOne(item, out problem) is not { } matcher)
                {
                    return null;
                }

                if (matchers.Any(other => other.Owner.Equals(matcher.Owner, StringComparison.OrdinalIgnoreCase)))
                {
                    problem = $"the owner `{matcher.Owner}` occurs twice";
                    return null;
                }

                matchers.Add(matcher);
            }

            problem = null;
            return matchers.ToImmutable();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>Takes the next line; a match when it completes the sequence.</summary>
    public ProblemMatch? Match(string line)
    {
        try
        {
            return _patterns.Length == 1 ? MatchSingle(line) : MatchSequence(line);
        }
        catch (RegexMatchTimeoutException)
        {
            _timeouts++;
            Reset();
            return null;
        }
    }

    /// <summary>Forgets the lines so far.</summary>
    public void Reset() => _state = new ProblemMatch?[_patterns.Length];

    private ProblemMatch? MatchSingle(string line)
    {
        var match = _patterns[0].Regex.Match(line);
        return match.Success ? WithDefaults(_patterns[0].Fill(Blank, match)) : null;
    }

    private ProblemMatch Blank => new(Owner, null, null, null, null, null, null, null);

    /// <summary>
    /// From the last pattern to the first, so that a line is judged by what the lines before it left behind. A looping last pattern keeps
    /// its predecessor's match for the next line.
    /// </summary>
    private ProblemMatch? MatchSequence(string line)
    {
        var last = _patterns.Length - 1;
        for (var i = last; i >= 0; i--)
        {
            var before = i == 0 ? Blank : _state[i - 1];
            if (before is null)
            {
                continue;
            }

            var pattern = _patterns[i];
            var match = pattern.Regex.Match(line);
            if (i < last)
            {
                _state[i] = match.Success ? pattern.Fill(before, match) : null;
            }
            else if (match.Success)
            {
                Reset();
                _state[last - 1] = pattern.Loop ? before : null;
                return WithDefaults(pattern.Fill(before, match));
            }
            else
            {
                _state[last - 1] = null;
            }
        }

        return null;
    }

    private ProblemMatch WithDefaults(ProblemMatch match) => match with
    {
        Severity = match.Severity is { Length: > 0 } ? match.Severity : _severity ?? match.Severity,
        FromPath = match.FromPath is { Length: > 0 } ? match.FromPath : _fromPath ?? match.FromPath,
    };

    private static ProblemMatcher? ReadOne(JsonElement item, out string? problem)
    {
        var owner = Text(item, "owner");
        if (string.IsNullOrWhiteSpace(owner))
        {
            problem = "each matcher needs an `owner`";
            return null;
        }

        var severity = Text(item, "severity");
        if (severity is { Length: > 0 } && severity.ToUpperInvariant() is not ("ERROR" or "WARNING" or "NOTICE"))
        {
            problem = $"severity `{severity}` of `{owner}` is none of `error`, `warning`, `notice`";
            return null;
        }

        if (!item.TryGetProperty("pattern", out var patterns) || patterns.ValueKind != JsonValueKind.Array || patterns.GetArrayLength() == 0)
        {
            problem = $"matcher `{owner}` needs a `pattern` list";
            return null;
        }

        var read = ImmutableArray.CreateBuilder<Pattern>();
        foreach (var pattern in patterns.EnumerateArray())
        {
            read.Add(Pattern.Read(pattern));
        }

        problem = Check(owner, read);
        return problem is null ? new ProblemMatcher(owner, severity is { Length: > 0 } ? severity : null, Text(item, "fromPath"), read.ToImmutable()) : null;
    }

    private static string? Check(string owner, ImmutableArray<Pattern>.Builder patterns)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < patterns.Count; i++)
        {
            var (pattern, isLast) = (patterns[i], i == patterns.Count - 1);
            if (pattern.Loop && (!isLast || patterns.Count == 1))
            {
                return $"only the last of several patterns of `{owner}` may set `loop`";
            }

            if (pattern.Loop && pattern.Message is null)
            {
                return $"the looping pattern of `{owner}` must set `message`";
            }

            foreach (var (property, group) in pattern.Groups)
            {
                if (group < 0 || group >= pattern.Regex.GetGroupNumbers().Length)
                {
                    return $"`{property}` of `{owner}` names group {group}, which its expression does not have";
                }

                if (!seen.Add(property))
                {
                    return $"`{property}` of `{owner}` is set by two patterns";
                }
            }
        }

        return seen.Contains("message") ? null : $"no pattern of `{owner}` sets `message`";
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex(@"\x1b\[[0-9;]*m?", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Colours();

    /// <summary>One expression and which of its groups mean what.</summary>
    private sealed record Pattern(Regex Regex, int? File, int? Line, int? Column, int? Severity, int? Code, int? Message, int? FromPath, bool Loop)
    {
        public IEnumerable<(string Property, int Group)> Groups
        {
            get
            {
                foreach (var (name, group) in ((string, int?)[])
                         [("file", File), ("line", Line), ("column", Column), ("severity", Severity), ("code", Code), ("message", Message), ("fromPath", FromPath)])
                {
                    if (group is { } number)
                    {
                        yield return (name, number);
                    }
                }
            }
        }

        public static Pattern Read(JsonElement item) => new(
            new Regex(ProblemMatcher.Text(item, "regexp") ?? throw new ArgumentException("each pattern needs a `regexp`"), RegexOptions.CultureInvariant | RegexOptions.ECMAScript, LongestMatch),
            Group(item, "file"), Group(item, "line"), Group(item, "column"), Group(item, "severity"), Group(item, "code"), Group(item, "message"), Group(item, "fromPath"),
            item.TryGetProperty("loop", out var loop) && loop.ValueKind == JsonValueKind.True);

        public ProblemMatch Fill(ProblemMatch before, Match match) => before with
        {
            File = before.File ?? Value(match, File),
            Line = before.Line ?? Value(match, Line),
            Column = before.Column ?? Value(match, Column),
            Severity = before.Severity ?? Value(match, Severity),
            Code = before.Code ?? Value(match, Code),
            Message = before.Message ?? Value(match, Message),
            FromPath = before.FromPath ?? Value(match, FromPath),
        };

        private static string? Value(Match match, int? group) => group is { } number ? match.Groups[number].Value : null;

        private static int? Group(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetInt32() : null;
    }
}
