using Keyless.Language.Diagnostics;

namespace Keyless.Server.Aws;

/// <summary>Why a Query request calls no operation, where AWS says only that it found none.</summary>
internal static class UnknownAction
{
    /// <param name="asked">The service that the request came to.</param>
    public static AwsError Explain(AwsError error, IReadOnlyList<QueryService> services, QueryService asked, QueryRequest request)
    {
        var (reason, mend) = Explain(services, asked, OneLine.Of(request.Parameters.RecentText("Action")!, 128), request.Parameters.RecentText("Version"));
        return error with { Reason = reason, Mend = mend };
    }

    private static (string Reason, string? Mend) Explain(IReadOnlyList<QueryService> services, QueryService asked, string action, string? version)
    {
        if (action.Length == 0)
        {
            return ("`Action` is empty: the request calls no operation", $"name one in `Action`, with `Version={asked.Version}` for {NameOf(asked)}");
        }

        if (services.FirstOrDefault(service => service.Find(action) is not null) is { } owner)
        {
            var mend = $"send it with `Version={owner.Version}`, as {NameOf(owner)}'s clients do";
            return version is null ? ($"the request has no `Version`, and `{action}` is an operation of {NameOf(owner)}, which takes {owner.Version}", mend)
                : services.FirstOrDefault(service => service.Version == version) is { } other
                    ? ($"`{action}` is an operation of {NameOf(owner)}, and `Version` {version} is {NameOf(other)}'s", mend)
                    : ($"`{action}` is an operation of {NameOf(owner)}, which takes `Version` {owner.Version}, not `{OneLine.Of(version, 32)}`", mend);
        }

        // By name alone: an operation of the other service may be meant, too.
        var near = Suggest.Within(action, services.SelectMany(service => service.Operations).Select(operation => operation.Name), slips: 2);
        return near is not null
            ? ($"there is no operation `{action}`; did you mean `{near}`?", $"call `{near}`")
            : ($"this server's {NameOf(asked)} has no operation `{action}`", "`docs/operations.md` lists those it has");
    }

    private static string NameOf(QueryService service) => service.Name.ToUpperInvariant();
}
