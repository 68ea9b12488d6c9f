using Bench;

// usage: NAME [ARGUMENTS]; ./dev bench NAME builds first and brings the peers.
if (args is [var name, .. var rest] && Benchmarks.Table.TryGetValue(name, out var benchmark))
{
    return await benchmark(rest);
}

Console.Error.WriteLine($"usage: ./dev bench {string.Join('|', Benchmarks.Table.Keys)}");
return 2;
