using System.Collections.Immutable;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Knowledge;

/// <summary>Whether an ARN field is empty, filled, or either.</summary>
internal enum FieldUse
{
    Empty,
    Filled,
    Either,
}

/// <summary>A kind of resource and the form of its ARN.</summary>
internal sealed record ResourceType(string Name, FieldUse Region, FieldUse Account, string Form, TextShape Shape)
{
    /// <summary><c>a bucket</c>, <c>an object</c>.</summary>
    public string InWords => $"{(Name[0] is 'a' or 'e' or 'i' or 'o' ? "an" : "a")} {Name.Replace('-', ' ')}";
}

/// <summary>An action and the resource types it works on.</summary>
/// <param name="Types">Empty with <paramref name="TakesNoResource"/>: only <c>*</c> fits. Empty without: not known.</param>
internal sealed record ServiceAction(string Name, ImmutableArray<ResourceType> Types, bool TakesNoResource);

/// <summary>A service and what is known of its actions.</summary>
/// <param name="IsComplete">Whether every action is listed.</param>
internal sealed record Service(string Prefix, bool IsComplete, ImmutableDictionary<string, ServiceAction> Actions, ImmutableArray<ResourceType> Types);

/// <summary>The services that are known, from <c>services.txt</c>, each read when it is first asked for.</summary>
internal static class Services
{
    private static readonly Lazy<Dictionary<string, Lazy<Service>>> Table = new(Read);

    public static IEnumerable<string> Prefixes => Table.Value.Keys;

    public static Service? Find(string prefix) => Table.Value.TryGetValue(prefix, out var service) ? service.Value : null;

    /// <summary>The known actions an action pattern stands for.</summary>
    public static IEnumerable<ServiceAction> ActionsOf(string pattern)
    {
        var colon = pattern.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || Find(pattern[..colon]) is not { } service)
        {
            return [];
        }

        var name = pattern[(colon + 1)..];
        return Glob.HasWildcard(name)
            ? service.Actions.Values.Where(a => Glob.IsMatch(name, a.Name, ignoreCase: true))
            : service.Actions.TryGetValue(name, out var action) ? [action] : [];
    }

    private static Dictionary<string, Lazy<Service>> Read()
    {
        var table = new Dictionary<string, Lazy<Service>>(StringComparer.OrdinalIgnoreCase);
        List<string>? lines = null;
        foreach (var line in EmbeddedTable.Lines("services.txt"))
        {
            if (line.StartsWith("service ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                var body = lines = [];
                table.Add(words[1], new Lazy<Service>(() => Parse(words[1], words.Length > 2, body)));
            }
            else
            {
                lines!.Add(line);
            }
        }

        return table;
    }

    private static Service Parse(string prefix, bool complete, List<string> lines)
    {
        var types = ImmutableArray.CreateBuilder<ResourceType>();
        var actions = ImmutableDictionary.CreateBuilder<string, ServiceAction>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            if (line.StartsWith("type ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                types.Add(new ResourceType(words[1], Use(words[2]), Use(words[3]), words[4], Shape(words[4])));
                continue;
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            var names = line[..colon].Split(',');
            var of = types.Where(t => names.Contains(t.Name)).ToImmutableArray();
            foreach (var action in line[(colon + 2)..].Split(' '))
            {
                actions.Add(action, new ServiceAction(action, of, TakesNoResource: names is ["*"]));
            }
        }

        return new Service(prefix, complete, actions.ToImmutable(), types.ToImmutable());
    }

    private static FieldUse Use(string word) => word switch
    {
        "-" => FieldUse.Empty,
        "+" => FieldUse.Filled,
        "~" => FieldUse.Either,
        _ => throw new InvalidOperationException($"services.txt: no field use `{word}`"),
    };

    private static TextShape Shape(string form)
    {
        var pieces = new List<object>();
        for (var at = 0; at < form.Length;)
        {
            if (form.AsSpan(at).StartsWith("{}"))
            {
                pieces.Add(Letters.NoSlash);
                at += 2;
            }
            else if (form.AsSpan(at).StartsWith("{*}"))
            {
                pieces.Add(Letters.Any);
                at += 3;
            }
            else
            {
                pieces.Add(form[at++].ToString());
            }
        }

        return TextShape.Of([.. pieces]);
    }
}
