using System.CommandLine;
using System.Text;
using Keyless.Cli.Commands.Token;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;

namespace Keyless.Cli.Commands.Policy;

/// <summary>The ways to say which token is meant: a token, its claims, or the facts of the job that asks for it.</summary>
internal sealed class TokenOptions
{
    private readonly Option<string?> _token = new("--token") { Description = TokenArgument.Description + "; it is read, not verified" };
    private readonly Option<string?> _claims = new("--claims") { Description = "A JSON file with the token's claims; `-` reads standard input" };
    private readonly Option<string> _audience = new("--audience") { Description = "The audience asked for", DefaultValueFactory = _ => "sts.amazonaws.com" };
    private readonly JobOptions _job = new();

    public void AddTo(Command command)
    {
        command.Add(_token);
        command.Add(_claims);
        command.Add(_audience);
        _job.AddTo(command);
    }

    /// <summary>The claims; null with a problem printed.</summary>
    /// <param name="settled">What the issuer's settings make of a job; null leaves it as the options say.</param>
    public MappingNode? Claims(ParseResult parsed, DateTimeOffset now, Func<JobFacts, JobFacts>? settled = null)
    {
        var (token, claims, repository) = (parsed.GetValue(_token), parsed.GetValue(_claims), parsed.GetValue(_job.Repository));
        if (new[] { token, claims, repository }.Count(v => v is not null) != 1)
        {
            Terminal.Error.Problem("say which token is meant: one of `--token`, `--claims` or `--repository`");
            return null;
        }

        return token is not null ? OfToken(token) : claims is not null ? OfFile(claims) : OfJob(parsed, now, settled);
    }

    private static MappingNode? OfToken(string given)
    {
        if (TokenArgument.Read(given) is not { } text)
        {
            return null;
        }

        if (Jwt.Parse(text, out var fault) is null)
        {
            Terminal.Error.Problem($"the token is no JWT: {fault!.Message}");
            return null;
        }

        var payload = Encoding.UTF8.GetString(Base64UrlText.Decode(text.Split('.')[1])!);
        return OfJson(new SourceText("<token>", payload));
    }

    private static MappingNode? OfFile(string file)
    {
        if (InputFile.TryRead(file, out var source, out var problem))
        {
            return OfJson(source);
        }

        Terminal.Error.Problem(problem);
        return null;
    }

    private static MappingNode? OfJson(SourceText source)
    {
        var read = JsonReader.Read(source);
        if (read.Root is MappingNode claims && read.Diagnostics.IsEmpty)
        {
            return claims;
        }

        if (read.Diagnostics.IsEmpty)
        {
            Terminal.Error.Problem($"`{source.Name}` holds no object of claims");
        }

        Terminal.Error.Write(TextRenderer.Render(read.Diagnostics));
        return null;
    }

    private MappingNode? OfJob(ParseResult parsed, DateTimeOffset now, Func<JobFacts, JobFacts>? settled)
    {
        if (_job.Read(parsed) is not { } facts)
        {
            return null;
        }

        facts = settled is null ? facts : settled(facts);
        if (Subject.Unfillable(facts) is { } fault)
        {
            Terminal.Error.Problem($"there is no such token: {fault}");
            return null;
        }

        var claims = Keyless.Language.Oidc.Claims.Of(facts, new TokenTerms(IssuerUrl.GitHub, parsed.GetValue(_audience), now, "offline"));
        return OfJson(new SourceText("<claims>", Encoding.UTF8.GetString(Keyless.Language.Oidc.Claims.ToJson(claims))));
    }
}
