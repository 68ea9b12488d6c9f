using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>
/// The request that a token's bearer makes for a role, from the token's claims alone: what offline questions ask. Which claims become
/// keys is AWS's choice. IAM User Guide, "Available keys for AWS web identity federation".
/// </summary>
/// <param name="Account">The twelve digits of the role's account, which is also the provider's.</param>
/// <param name="RoleArn">The role asked for.</param>
public sealed record WebIdentityRequest(MappingNode Claims, string Account, string RoleArn, DateTimeOffset Now)
{
    public string Partition { get; init; } = "aws";

    public string SessionName { get; init; } = "GitHubActions";

    /// <summary>The issuer without scheme; GitHub's when the claims name none.</summary>
    public string Host => IssuerUrl.WithoutScheme(Text("iss") ?? IssuerUrl.GitHub);

    public string Provider => $"arn:{Partition}:iam::{Account}:oidc-provider/{Host}";

    public AccessRequest ToAccessRequest()
    {
        var context = new RequestContext()
            .With("sts:RoleSessionName", SessionName)
            .With("sts:RoleAuthorizedByIdp", "false")
            .With("aws:FederatedProvider", Provider)
            .With("aws:PrincipalAccount", Account)
            .With("aws:PrincipalType", "User")
            .With("aws:userid", Provider)
            .With("aws:ResourceAccount", Account)
            .With("aws:SecureTransport", "true")
            .With("aws:CurrentTime", Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .With("aws:EpochTime", Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

        // The audience that AWS checks is the authorized party where the token names one.
        Add("aud", Text("azp") ?? Text("aud"));
        if (Text("azp") is not null && Claims["aud"] is { } aud)
        {
            _ = Texts(aud) is [var only] ? context.With($"{Host}:oaud", only) : context.With($"{Host}:oaud", Texts(aud));
        }

        foreach (var claim in ProviderClaims.Of(Host).Prepend("email").Prepend("sub"))
        {
            Add(claim, Text(claim));
        }

        if (Claims["amr"] is { } amr)
        {
            context.With($"{Host}:amr", Texts(amr));
        }

        return new AccessRequest("sts:AssumeRoleWithWebIdentity", RoleArn, new Requester.Federated(Provider), context) { ResourceAccount = Account };

        void Add(string claim, string? value)
        {
            if (value is not null)
            {
                context.With($"{Host}:{claim}", value);
            }
        }
    }

    private string? Text(string claim) => Claims[claim] switch
    {
        ScalarNode { Kind: not ScalarKind.Null } scalar => scalar.Text,
        SequenceNode { Items: [ScalarNode one] } => one.Text,
        _ => null,
    };

    private static ImmutableArray<string> Texts(Node node) => node is SequenceNode list
        ? [.. list.Items.OfType<ScalarNode>().Select(s => s.Text)]
        : node is ScalarNode one ? [one.Text] : [];

    /// <summary>The account whose provider a trust policy names first; null when it names none.</summary>
    public static string? AccountOf(PolicyDocument trust) =>
        trust.Statements.SelectMany(s => s.Principal?.Values ?? [])
            .Select(v => v.Type == PrincipalType.Federated && Arn.TryParse(v.Text, out var arn) && Arn.IsAccountId(arn.Account) ? arn.Account.ToString() : null)
            .FirstOrDefault(account => account is not null);
}
