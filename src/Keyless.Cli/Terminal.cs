namespace Keyless.Cli;

/// <summary>
/// Standard output or error, with colour only where a person watches: a terminal without <c>NO_COLOR</c> (no-color.org).
/// </summary>
internal sealed class Terminal
{
    private readonly TextWriter _writer;
    private readonly bool _coloured;

    private Terminal(TextWriter writer, bool redirected)
    {
        _writer = writer;
        _coloured = !redirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        IsInteractive = !redirected;
    }

    public static Terminal Out { get; } = new(Console.Out, Console.IsOutputRedirected);

    public static Terminal Error { get; } = new(Console.Error, Console.IsErrorRedirected);

    /// <summary>Whether a person watches, so that progress may be drawn.</summary>
    public bool IsInteractive { get; }

    public TextWriter Writer => _writer;

    public void Write(string text) => _writer.Write(text);

    public void WriteLine(string text = "") => _writer.WriteLine(text);

    /// <summary>A mistake of the call, as every command words it.</summary>
    public void Problem(string message) => _writer.WriteLine($"{Red("keyless:")} {message}");

    public string Bold(string text) => Styled("1", text);

    public string Dim(string text) => Styled("2", text);

    public string Red(string text) => Styled("31", text);

    public string Green(string text) => Styled("32", text);

    public string Yellow(string text) => Styled("33", text);

    public string Cyan(string text) => Styled("36", text);

    private string Styled(string code, string text) => _coloured ? $"\e[{code}m{text}\e[0m" : text;
}
