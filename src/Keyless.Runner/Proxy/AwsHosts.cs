namespace Keyless.Runner.Proxy;

/// <summary>Which host names are AWS's services, and so the sandbox's to answer. AWS General Reference, "AWS service endpoints".</summary>
public static class AwsHosts
{
    private static readonly string[] Suffixes = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];

    /// <summary>Hosts under those names that serve files to everybody and take no signed requests.</summary>
    private static readonly string[] Downloads = ["awscli.amazonaws.com"];

    public static bool Contains(string host) =>
        Suffixes.Any(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) && !Downloads.Contains(host, StringComparer.OrdinalIgnoreCase);
}
