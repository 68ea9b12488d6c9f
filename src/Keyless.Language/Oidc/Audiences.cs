namespace Keyless.Language.Oidc;

/// <summary>The <c>aud</c> that tokens are asked for with. GitHub Docs, "OpenID Connect reference", Customizing the audience value.</summary>
public static class Audiences
{
    /// <summary>What <c>aws-actions/configure-aws-credentials</c> asks for unless told otherwise.</summary>
    public const string Aws = "sts.amazonaws.com";

    /// <summary>Whether a token has it that was asked for without an audience: the page of the repository's owner.</summary>
    public static bool IsDefault(string audience) => audience.StartsWith("https://github.com/", StringComparison.Ordinal);

    /// <summary>How a job gets a token with it.</summary>
    public static string AskFor(string audience) => $"ask for the token with `audience: {audience}`";
}
