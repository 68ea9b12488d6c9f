using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Keyless.Runner.Processes;

/// <summary>What to start: a resolved program, its arguments, and an environment of its own; nothing is inherited.</summary>
public sealed record ProcessStart(string Program, IReadOnlyList<string> Arguments, string Folder, IReadOnlyDictionary<string, string> Environment);

/// <summary>How a process ended.</summary>
public abstract record ProcessEnd
{
    private ProcessEnd()
    {
    }

    public sealed record Exited(int Code) : ProcessEnd;

    /// <summary>It was told to stop; see <see cref="ChildProcess"/> for how.</summary>
    public sealed record Cancelled : ProcessEnd;

    /// <summary>It could not start at all.</summary>
    public sealed record NotStarted(string Reason) : ProcessEnd;
}

/// <summary>
/// Runs one child process, hands over its output line by line, and when cancelled ends the whole tree as GitHub's agent does:
/// SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL.
/// </summary>
public static class ChildProcess
{
    /// <summary>A longer line is handed over in parts.</summary>
    private const int LongestLine = 256 * 1024;

    private static readonly TimeSpan InterruptGrace = TimeSpan.FromSeconds(7.5);
    private static readonly TimeSpan TerminateGrace = TimeSpan.FromSeconds(2.5);

    /// <summary>How long the output of background processes is waited for once the process itself has ended.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    /// <param name="onLine">Called for one line at a time, from standard output and standard error alike.</param>
    public static async Task<ProcessEnd> RunAsync(ProcessStart start, Action<string> onLine, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return new ProcessEnd.Cancelled();
        }

        var info = new ProcessStartInfo(start.Program, start.Arguments)
        {
            WorkingDirectory = start.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment.Clear();
        foreach (var (name, value) in start.Environment)
        {
            // A name that no process can have would make the start fail as a whole.
            if (name.Length > 0 && !name.Contains('=') && !name.Contains('\0'))
            {
                info.Environment[name] = value.Replace("\0", "");
            }
        }

        using var process = new Process { StartInfo = info };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return new ProcessEnd.NotStarted(e.Message);
        }

        process.StandardInput.Close();
        var gate = new Lock();
        void Deliver(string line)
        {
            lock (gate)
            {
                onLine(line);
            }
        }

        using var drained = new CancellationTokenSource();
        var output = Task.WhenAll(
            ReadLinesAsync(process.StandardOutput.BaseStream, Deliver, drained.Token),
            ReadLinesAsync(process.StandardError.BaseStream, Deliver, drained.Token));

        var cancelled = !await ExitsBeforeAsync(process, cancellation);
        if (cancelled)
        {
            await EndTreeAsync(process);
        }

        if (await Task.WhenAny(output, Task.Delay(OutputGrace, CancellationToken.None)) != output)
        {
            await drained.CancelAsync();
        }

        return cancelled ? new ProcessEnd.Cancelled() : new ProcessEnd.Exited(process.ExitCode);
    }

    private static async Task<bool> ExitsBeforeAsync(Process process, CancellationToken cancellation)
    {
        // WaitForExitAsync would also wait for the redirected streams, which a background process may hold open.
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        if (process.HasExited)
        {
            exited.TrySetResult();
        }

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellation.Register(() => stopped.TrySetResult());
        return await Task.WhenAny(exited.Task, stopped.Task) == exited.Task;
    }

    private static async Task EndTreeAsync(Process process)
    {
        foreach (var (signal, grace) in ((Signal, TimeSpan)[])[(Signal.Interrupt, InterruptGrace), (Signal.Terminate, TerminateGrace)])
        {
            ProcessTree.Send(process.Id, signal);
            using var limit = new CancellationTokenSource(grace);
            if (await ExitsBeforeAsync(process, limit.Token))
            {
                break;
            }
        }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended in the meantime.
        }

        using var last = new CancellationTokenSource(TerminateGrace);
        await ExitsBeforeAsync(process, last.Token);
    }

    private static async Task ReadLinesAsync(Stream stream, Action<string> onLine, CancellationToken cancellation)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);
        var characters = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(bytes.Length));
        var line = new StringBuilder();
        try
        {
            int read;
            while ((read = await stream.ReadAsync(bytes, cancellation)) > 0)
            {
                var rest = characters.AsMemory(0, decoder.GetChars(bytes, 0, read, characters, 0));
                for (int feed; (feed = rest.Span.IndexOf('\n')) >= 0; rest = rest[(feed + 1)..])
                {
                    line.Append(rest.Span[..feed]);
                    Flush();
                }

                line.Append(rest.Span);
                if (line.Length >= LongestLine)
                {
                    Flush();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // What is left of the output belongs to processes that outlive the step.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<char>.Shared.Return(characters);
        }

        if (line.Length > 0)
        {
            Flush();
        }

        void Flush()
        {
            if (line.Length > 0 && line[^1] == '\r')
            {
                line.Length--;
            }

            var text = line.ToString();
            line.Clear();

            // A bare carriage return ends a line too; of a progress bar, which draws over itself, only the last state is news.
            var parts = text.Split('\r');
            for (var i = 0; i < parts.Length; i++)
            {
                if (i == parts.Length - 1 || (parts[i].Length > 0 && !parts[i].Contains('%')))
                {
                    onLine(parts[i]);
                }
            }
        }
    }
}
