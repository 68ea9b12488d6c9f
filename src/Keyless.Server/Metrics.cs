using System.Collections.Concurrent;
using System.Text;

namespace Keyless.Server;

/// <summary>
/// What <c>/_keyless/metrics</c> tells: requests by service, operation and outcome. Names come from the operation tables and error
/// catalogues, so there are few of them whatever clients send.
/// </summary>
public sealed class Metrics
{
    private readonly ConcurrentDictionary<(string Service, string Operation, string Code), Counter> _requests = new();

    /// <summary>Counts an answered request.</summary>
    /// <param name="code">The error code; <c>ok</c> for a success.</param>
    public void Count(string service, string operation, string code) =>
        _requests.GetOrAdd((service, operation, code), static _ => new Counter()).Increment();

    /// <summary>Prometheus, "Exposition formats", Text-based format.</summary>
    public string Render()
    {
        var text = new StringBuilder();
        text.Append("# HELP keyless_requests_total AWS requests answered.\n# TYPE keyless_requests_total counter\n");
        foreach (var ((service, operation, code), counter) in _requests.OrderBy(entry => entry.Key))
        {
            text.Append($"keyless_requests_total{{service=\"{service}\",operation=\"{operation}\",code=\"{code}\"}} {counter.Value}\n");
        }

        text.Append("# HELP process_resident_memory_bytes Resident memory.\n# TYPE process_resident_memory_bytes gauge\n");
        text.Append($"process_resident_memory_bytes {Environment.WorkingSet}\n");
        return text.ToString();
    }

    private sealed class Counter
    {
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Increment() => Interlocked.Increment(ref _value);
    }
}
