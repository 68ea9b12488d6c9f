using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Keyless.Server;

/// <summary>
/// Writes log entries as one line each: time, level, message. Faults follow with their stack trace, for operators only. Lines that come
/// together leave together: under load one write carries many.
/// </summary>
internal sealed class LineLogger(TextWriter output, TimeProvider clock) : ILoggerProvider, ILogger, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private StringBuilder _waiting = new();
    private StringBuilder _leaving = new();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var level = logLevel switch
        {
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
        Add(level, formatter(state, exception), exception);
    }

    /// <summary>An entry of the level <c>info</c> that is text already.</summary>
    public void Information(ReadOnlySpan<char> message) => Add("info", message, exception: null);

    /// <summary>Writes what is waiting.</summary>
    public void Dispose() => Execute();

    /// <summary>Writes what has gathered since the last time.</summary>
    public void Execute()
    {
        lock (_writing)
        {
            lock (_gate)
            {
                (_waiting, _leaving) = (_leaving, _waiting);
            }

            foreach (var chunk in _leaving.GetChunks())
            {
                output.Write(chunk.Span);
            }

            output.Flush();
            _leaving.Clear();
        }
    }

    private void Add(string level, ReadOnlySpan<char> message, Exception? exception)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _waiting.Length == 0;
            _waiting.Append(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level} ");
            AppendOneLine(message);
            _waiting.Append('\n');
            if (exception is not null)
            {
                _waiting.Append(exception).Append('\n');
            }
        }

        if (isFirst)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>A client chooses parts of a message: it must not be able to start a line of its own.</summary>
    private void AppendOneLine(ReadOnlySpan<char> message)
    {
        while (message.IndexOfAny(LineEnds) is >= 0 and var end)
        {
            _waiting.Append(message[..end]).Append(' ');
            message = message[(end + 1)..];
        }

        _waiting.Append(message);
    }

    private static readonly System.Buffers.SearchValues<char> LineEnds = System.Buffers.SearchValues.Create("\r\n\f\u0085\u2028\u2029\u001b");
}
