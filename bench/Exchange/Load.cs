using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench.Exchange;

/// <summary>What one load did to one server.</summary>
internal sealed record Measured(string Name, int Connections, double PerSecond, double P50, double P99, double CpuMicros, double Bytes)
{
    public override string ToString() =>
        $"{Name,-34} {Connections,4} conn {PerSecond,9:0} /s   p50 {P50,7:0.00} ms   p99 {P99,7:0.00} ms{(CpuMicros > 0 ? $"   {CpuMicros,6:0.0} us CPU (client included)   {Bytes,6:0} B allocated" : "")}";
}

/// <summary>Connections that ask, wait for the answer and ask again; HTTP/1.1 kept alive, nothing allocated per request.</summary>
internal static class Load
{
    public static async Task<Measured> Run(string name, IPEndPoint server, byte[][] requests, int connections, TimeSpan time, bool inProcess, string expected = "HTTP/1.1 200")
    {
        await Ask(server, requests, [.. Enumerable.Range(0, Math.Min(connections, 8)).Select(_ => new List<float>())], TimeSpan.FromSeconds(0.5), expected);
        var latencies = Enumerable.Range(0, connections).Select(_ => new List<float>(1 << 17)).ToArray();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        await Ask(server, requests, latencies, time, expected);
        var seconds = clock.Elapsed.TotalSeconds;
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds;
        var all = latencies.SelectMany(one => one).Order().ToArray();
        return new Measured(
            name, connections, all.Length / seconds, all[all.Length / 2], all[(int)(all.Length * 0.99)], inProcess ? used / all.Length : 0, (double)bytes / all.Length);
    }

    private static Task Ask(IPEndPoint server, byte[][] requests, List<float>[] latencies, TimeSpan time, string expected)
    {
        var until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        return Task.WhenAll(latencies.Select((one, index) => Task.Run(() => One(server, requests, index, one, until, Encoding.ASCII.GetBytes(expected)))));
    }

    private static async Task One(IPEndPoint server, byte[][] requests, int index, List<float> latencies, long until, byte[] expected)
    {
        var buffer = new byte[64 << 10];
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        for (var i = index * 7919; Stopwatch.GetTimestamp() < until; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var request = requests[i % requests.Length];
            await socket.SendAsync(request.AsMemory());
            var length = 0;
            var total = int.MaxValue;
            while (length < total)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (read == 0)
                {
                    throw new IOException("the server closed the connection");
                }

                length += read;
                total = total == int.MaxValue ? LengthOf(buffer.AsSpan(0, length)) : total;
            }

            if (!buffer.AsSpan(0, length).StartsWith(expected))
            {
                throw new IOException("unexpected answer: " + Encoding.UTF8.GetString(buffer, 0, Math.Min(length, 600)));
            }

            latencies.Add((float)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return int.MaxValue;
        }

        var at = answer.IndexOf("Content-Length: "u8);
        return at < 0 || at > end || !Utf8Parser.TryParse(answer[(at + 16)..], out int length, out _) ? throw new IOException("an answer without Content-Length") : end + 4 + length;
    }
}
