using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Policy.Prove.Domain;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary>What proofs may take for granted: options that <c>prove</c>, <c>who-can</c> and <c>compare</c> share.</summary>
internal sealed class DomainOptions
{
    private readonly Option<string?> _file = new("--domain")
    {
        Description = "A JSON or YAML file with your owners and repositories: `owners: [{name, id, repos: [{name, id, visibility}]}]`; default: those the policy spells out",
    };

    private readonly Option<string?> _templates = new("--templates") { Description = "`default`: subjects have GitHub's forms; `any`: also customised ones of one or two keys" };
    private readonly Option<string?> _names = new("--names") { Description = "`fixed`: names and ids belong together; `recyclable`: a freed name may be someone else's" };
    private readonly Option<string?> _keys = new("--keys") { Description = "`aws`: only claims AWS fills keys for; `all`: every claim" };
    private readonly Option<string[]> _audience = new("--audience") { Description = "A client id of the provider; may be repeated" };
    private readonly Option<double> _timeout = new("--timeout") { Description = "Seconds until an answer is given up as undecided", DefaultValueFactory = _ => 10 };

    public void AddTo(Command command)
    {
        _templates.AcceptOnlyFromAmong("default", "any");
        _names.AcceptOnlyFromAmong("fixed", "recyclable");
        _keys.AcceptOnlyFromAmong("aws", "all");
        Option[] all = [_file, _templates, _names, _keys, _audience, _timeout];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>The domain; false with a problem printed. Options win over the file.</summary>
    public bool TryRead(ParseResult parsed, [NotNullWhen(true)] out TokenDomain? domain)
    {
        domain = TokenDomain.Default;
        if (parsed.GetValue(_file) is { } file && !TryReadFile(file, out domain))
        {
            return false;
        }

        domain = domain with
        {
            Templates = parsed.GetValue(_templates) is { } templates ? templates == "any" ? TemplateScope.Any : TemplateScope.Default : domain.Templates,
            Names = parsed.GetValue(_names) is { } names ? names == "recyclable" ? NameLifetime.Recyclable : NameLifetime.Fixed : domain.Names,
            Keys = parsed.GetValue(_keys) is { } keys ? keys == "all" ? KeyProfile.All : KeyProfile.Aws : domain.Keys,
            Audiences = parsed.GetValue(_audience) is { Length: > 0 } audiences ? [.. audiences] : domain.Audiences,
        };
        return true;
    }

    /// <summary>A budget that the time and the user's interrupt end.</summary>
    public Budget Budget(ParseResult parsed, CancellationToken cancellation)
    {
        // The source lives as long as the process: the command ends soon after.
        var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(_timeout), 0.001, 3600)));
        return new Budget(cancellation: limited.Token);
    }

    private static bool TryReadFile(string file, [NotNullWhen(true)] out TokenDomain? domain)
    {
        domain = null;
        if (!InputFile.TryRead(file, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return false;
        }

        var read = source.Text.AsSpan().TrimStart() is ['{' or '[', ..] ? JsonReader.Read(source) : YamlReader.Read(source);
        if (read.Root is not MappingNode root || read.Diagnostics.Any(d => d.Severity == Severity.Error))
        {
            Terminal.Error.Write(TextRenderer.Render(read.Diagnostics));
            Terminal.Error.Problem($"`{source.Name}` holds no owners: expected `owners: [{{name: octo-org, id: \"11\", repos: [{{name: site, id: \"22\"}}]}}]`");
            return false;
        }

        domain = QuestionReader.Domain(root);
        return true;
    }
}
