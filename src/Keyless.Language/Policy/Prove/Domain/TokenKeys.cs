using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Prove.Domain;

/// <summary>
/// The condition keys of a call of AssumeRoleWithWebIdentity with a GitHub token. IAM User Guide, "Available keys for AWS OIDC
/// federation" and "AWS global condition context keys". A key not listed is one the call never has, as a misspelt key is.
/// </summary>
internal sealed class TokenKeys(OidcProvider provider, KeyProfile profile)
{
    /// <summary>GitHub Enterprise Server's own claims are not among those AWS knows.</summary>
    private readonly string[] _awsClaims = ["aud", "sub", .. ProviderClaims.Of(provider.Host)];
    private readonly string _host = provider.Host;
    private readonly Dictionary<string, KeyMeaning> _made = new(StringComparer.OrdinalIgnoreCase);

    public string Host => _host;

    public KeyMeaning Of(string key)
    {
        if (key.StartsWith(_host + ":", StringComparison.OrdinalIgnoreCase))
        {
            var claim = key[(_host.Length + 1)..].ToLowerInvariant();
            return profile == KeyProfile.All || _awsClaims.Contains(claim) ? OfClaim(claim) : new KeyMeaning.Absent(key);
        }

        if (!_made.TryGetValue(key, out var meaning))
        {
            meaning = OfRequest(key);
            _made.Add(key, meaning);
        }

        return meaning;
    }

    /// <summary>A claim of the token, whether or not it is a key; names with a colon are keys.</summary>
    public KeyMeaning OfClaim(string name)
    {
        if (name.Contains(':', StringComparison.Ordinal))
        {
            return Of(name);
        }

        if (Vocabulary.FreeClaims.TryGetValue(name, out var free))
        {
            return free;
        }

        if (Vocabulary.ShapedClaims.Contains(name))
        {
            return new KeyMeaning.Claim(name);
        }

        if (!name.StartsWith("repo_property_", StringComparison.Ordinal))
        {
            return new KeyMeaning.Absent(name);
        }

        if (!_made.TryGetValue(name, out var property))
        {
            property = new KeyMeaning.Free(name, new Variable(name, Vocabulary.Text(75, "payments")), Optional: true);
            _made.Add(name, property);
        }

        return property;
    }

    /// <summary>Whether the claim reaches AWS as a condition key.</summary>
    public bool IsKey(string claim) => profile == KeyProfile.All ? Vocabulary.IsClaim(claim) : _awsClaims.Contains(claim);

    private KeyMeaning OfRequest(string key)
    {
        const string tag = "aws:RequestTag/";
        if (key.StartsWith(tag, StringComparison.OrdinalIgnoreCase) && key.Length > tag.Length)
        {
            return Text(tag + key[tag.Length..].ToLowerInvariant(), Vocabulary.AnyText(256, "web"), optional: true);
        }

        if (key.StartsWith("aws:ResourceTag/", StringComparison.OrdinalIgnoreCase) || key.StartsWith("iam:ResourceTag/", StringComparison.OrdinalIgnoreCase))
        {
            return Text(key.ToLowerInvariant(), Vocabulary.AnyText(256, "web"), optional: true);
        }

        return key.ToLowerInvariant() switch
        {
            "aws:sourceip" => new KeyMeaning.Choice("aws:SourceIp", ChoiceGroup.Address),
            "aws:vpcsourceip" => new KeyMeaning.Choice("aws:VpcSourceIp", ChoiceGroup.Address),
            "aws:currenttime" => new KeyMeaning.Choice("aws:CurrentTime", ChoiceGroup.Instant),
            "aws:epochtime" => new KeyMeaning.Choice("aws:EpochTime", ChoiceGroup.Instant),
            "aws:securetransport" => Text("aws:SecureTransport", new OneOf("true", "false") { Plausible = ["true", "false"] }),
            "aws:useragent" => Text("aws:UserAgent", Vocabulary.Text(1024, "aws-sdk-js/3"), optional: true),
            "aws:requestedregion" => Text(
                "aws:RequestedRegion",
                new Characters(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-', "(re.+ (re.union (re.range \"a\" \"z\") (re.range \"0\" \"9\") (str.to_re \"-\")))", [Alphabets.Lower + Alphabets.Digits + "-"], 32) { Plausible = ["us-east-1", "eu-west-1"] }),
            "aws:sourcevpc" => Text("aws:SourceVpc", Vocabulary.Text(32, "vpc-0a1b2c3d"), optional: true),
            "aws:sourcevpce" => Text("aws:SourceVpce", Vocabulary.Text(32, "vpce-0a1b2c3d"), optional: true),
            "aws:resourceaccount" => Text("aws:ResourceAccount", Only(provider.Account)),
            "aws:principalaccount" => Text("aws:PrincipalAccount", Only(provider.Account)),
            "aws:principaltype" => Text("aws:PrincipalType", Only("User")),
            "aws:federatedprovider" => Text("aws:FederatedProvider", Only(provider.Arn)),
            "aws:userid" => Text("aws:userid", Only(provider.Arn)),
            "sts:rolesessionname" => Text("sts:RoleSessionName", Vocabulary.SessionName("GitHubActions")),
            "sts:sourceidentity" => Text("sts:SourceIdentity", Vocabulary.SessionName("octocat"), optional: true),
            "sts:roleauthorizedbyidp" => Text("sts:RoleAuthorizedByIdp", Only("false")),
            "aws:tagkeys" => Many("aws:TagKeys", Vocabulary.Text(128, "team")),
            "sts:transitivetagkeys" => Many("sts:TransitiveTagKeys", Vocabulary.Text(128, "team")),
            _ => new KeyMeaning.Absent(key),
        };
    }

    private static OneOf Only(string word) => new(word) { Plausible = [word] };

    private static KeyMeaning.Free Text(string name, WordLanguage language, bool optional = false) => new(name, new Variable(name, language), optional);

    private static KeyMeaning.Multi Many(string name, WordLanguage language) => new(name, Text(name + "[]", language));
}
