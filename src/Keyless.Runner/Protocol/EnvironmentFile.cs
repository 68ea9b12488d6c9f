using System.Collections.Immutable;

namespace Keyless.Runner.Protocol;

/// <summary>What an environment file holds: the pairs up to the first error.</summary>
/// <param name="Problem">Null when the whole file could be read.</param>
public sealed record EnvironmentFileContent(ImmutableArray<KeyValuePair<string, string>> Pairs, EnvironmentFileProblem? Problem);

/// <summary>Why a file could not be read to its end.</summary>
/// <param name="Line">Counted from 1.</param>
public sealed record EnvironmentFileProblem(EnvironmentFileError Error, int Line, string Message);

public enum EnvironmentFileError
{
    InvalidFormat,
    NameOrDelimiterEmpty,
    DelimiterNotFound,
}

/// <summary>
/// The pairs of <c>GITHUB_ENV</c>, <c>GITHUB_OUTPUT</c> and <c>GITHUB_STATE</c>: <c>NAME=VALUE</c>, or <c>NAME&lt;&lt;DELIMITER</c> and
/// lines up to the delimiter. GitHub Docs, "Workflow commands", environment files.
/// </summary>
public static class EnvironmentFile
{
    /// <summary>More than this in one file is refused: a step that writes it is out of control.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    public static EnvironmentFileContent Parse(string text)
    {
        var pairs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var reader = new LineReader(text.StartsWith('\uFEFF') ? text[1..] : text);
        while (reader.Next() is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            var equals = line.IndexOf('=');
            var heredoc = line.IndexOf("<<", StringComparison.Ordinal);
            if (equals >= 0 && (heredoc < 0 || equals < heredoc))
            {
                pairs.Add(new(line[..equals], line[(equals + 1)..]));
            }
            else if (heredoc < 0)
            {
                return Stop(EnvironmentFileError.InvalidFormat, $"invalid format `{line}`: expected `NAME=VALUE` or `NAME<<DELIMITER`");
            }
            else if (heredoc == 0 || heredoc + 2 == line.Length)
            {
                return Stop(EnvironmentFileError.NameOrDelimiterEmpty, $"invalid format `{line}`: neither the name nor the delimiter may be empty");
            }
            else if (reader.Until(line[(heredoc + 2)..]) is { } value)
            {
                pairs.Add(new(line[..heredoc], value));
            }
            else
            {
                return Stop(EnvironmentFileError.DelimiterNotFound, $"the delimiter `{line[(heredoc + 2)..]}` of `{line[..heredoc]}` never comes on a line of its own");
            }
        }

        return new EnvironmentFileContent(pairs.ToImmutable(), null);

        EnvironmentFileContent Stop(EnvironmentFileError error, string message) =>
            new(pairs.ToImmutable(), new EnvironmentFileProblem(error, reader.Line, message));
    }

    private struct LineReader(string text)
    {
        private int _position;

        public int Line { get; private set; }

        public string? Next() => Next(out _);

        /// <summary>The text up to the line that is the delimiter; null when it never comes, or follows a line without a line end.</summary>
        public string? Until(string delimiter)
        {
            var (start, opening) = (_position, Line);
            var end = start;
            while (Next(out var ended) is { } line)
            {
                if (line == delimiter)
                {
                    return text[start..end];
                }

                if (!ended)
                {
                    break;
                }

                end = _position - 1;
            }

            Line = opening;
            return null;
        }

        private string? Next(out bool ended)
        {
            ended = false;
            if (_position >= text.Length)
            {
                return null;
            }

            Line++;
            var start = _position;
            var feed = text.IndexOf('\n', start);
            ended = feed >= 0;
            _position = ended ? feed + 1 : text.Length;
            return ended ? text[start..feed] : text[start..];
        }
    }
}
