using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Keyless.Runner.Processes;

/// <summary>POSIX signal numbers, the same on Linux and macOS.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

/// <summary>Signals for a process and everything it started; proc(5).</summary>
internal static partial class ProcessTree
{
    /// <summary>Sends a signal to the process and its descendants, children first.</summary>
    public static void Send(int root, Signal signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var children = ParentsOfAll().ToLookup(pair => pair.Parent, pair => pair.Process);
        Visit(root, depth: 0);

        void Visit(int process, int depth)
        {
            if (depth < 100)
            {
                foreach (var child in children[process])
                {
                    Visit(child, depth + 1);
                }
            }

            _ = Kill(process, (int)signal);
        }
    }

    /// <summary>
    /// Ends what a job left running in the background, found by the variable that all its processes carry. Linux only: elsewhere the
    /// environment of other processes cannot be read.
    /// </summary>
    public static int EndOrphans(string variable, string value)
    {
        var marker = Encoding.UTF8.GetBytes($"{variable}={value}\0");
        var ended = 0;
        foreach (var process in AllProcesses())
        {
            if (process != Environment.ProcessId && ReadOrNull($"/proc/{process}/environ") is { } environment && environment.AsSpan().IndexOf(marker) >= 0)
            {
                ended += Kill(process, (int)Signal.Kill) == 0 ? 1 : 0;
            }
        }

        return ended;
    }

    private static IEnumerable<(int Process, int Parent)> ParentsOfAll()
    {
        foreach (var process in AllProcesses())
        {
            // The second field is the program's name in brackets and may hold anything; the parent is the second field behind it.
            if (ReadOrNull($"/proc/{process}/stat") is { } bytes
                && Encoding.UTF8.GetString(bytes) is var text
                && text.LastIndexOf(')') is >= 0 and var close
                && text[(close + 1)..].Split(' ', 4, StringSplitOptions.RemoveEmptyEntries) is [_, var parent, ..]
                && int.TryParse(parent, CultureInfo.InvariantCulture, out var number))
            {
                yield return (process, number);
            }
        }
    }

    private static IEnumerable<int> AllProcesses()
    {
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var process))
            {
                yield return process;
            }
        }
    }

    private static byte[]? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
