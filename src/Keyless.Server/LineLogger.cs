using Microsoft.Extensions.Logging;

namespace Keyless.Server;

/// <summary>Writes log entries as one line each: time, level, message. Faults follow with their stack trace, for operators only.</summary>
internal sealed class LineLogger(TextWriter output, TimeProvider clock) : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();

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

        // A client chooses parts of a message: it must not be able to start a line of its own.
        var message = formatter(state, exception).ReplaceLineEndings(" ");
        var level = logLevel switch
        {
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
        lock (_gate)
        {
            output.WriteLine($"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level} {message}");
            if (exception is not null)
            {
                output.WriteLine(exception);
            }
        }
    }

    public void Dispose()
    {
    }
}
