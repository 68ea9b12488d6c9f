using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Oidc;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// What an issuer asks AWS to put into the session: tags and source identity. IAM User Guide, "Pass session tags in AWS STS", Passing
/// session tags using AssumeRoleWithWebIdentity.
/// </summary>
public sealed record SessionClaims
{
    public const int MaximumTags = 50;

    private const string TagsClaim = "https://aws.amazon.com/tags";
    private const string FlatTagPrefix = TagsClaim + "/principal_tags/";

    public static SessionClaims None { get; } = new();

    public ImmutableArray<KeyValuePair<string, string>> Tags { get; init; } = [];

    public ImmutableArray<string> TransitiveTagKeys { get; init; } = [];

    public string? SourceIdentity { get; init; }

    /// <summary>Reads both shapes of the tags claim, nested and flattened; an error names the tag.</summary>
    public static SessionClaims? Read(Jwt token, out Refusal? refusal)
    {
        refusal = null;
        string? sourceIdentity = null;
        List<KeyValuePair<string, string>>? tags = null;
        List<string>? transitive = null;
        foreach (ref readonly var member in token.Claims)
        {
            // All of these names begin so, and few claims do.
            var name = token.StartsWith(member, "https://aws.amazon.com/"u8) ? token.Name(member) : null;
            switch (name)
            {
                case null:
                    break;

                case "https://aws.amazon.com/source_identity":
                    sourceIdentity = null;
                    if (member.Kind == JsonTokenType.Null)
                    {
                        break;
                    }

                    sourceIdentity = token.Text(member);
                    if (member.Kind != JsonTokenType.String || sourceIdentity.Length is < 2 or > 64 || !sourceIdentity.All(IsNameCharacter))
                    {
                        refusal = new Refusal("source identity", WireErrors.NotValidated, $"the token's source identity `{TokenClaims.Clip(sourceIdentity)}` is not 2 to 64 characters of letters, digits and `_+=,.@-`", "have the issuer map a claim that is, such as a user's login")
                        {
                            Place = name,
                            Got = TokenClaims.Clip(sourceIdentity),
                        };
                        return null;
                    }

                    break;

                case TagsClaim:
                    (tags, transitive) = (null, null);
                    if (member.Kind != JsonTokenType.Null && !ReadNested(token.Raw(member), ref tags, ref transitive))
                    {
                        refusal = BadTags(name, "`principal_tags` must map each key to a list of one text, and `transitive_tag_keys` be a list of texts");
                        return null;
                    }

                    break;

                case TagsClaim + "/transitive_tag_keys":
                    if (member.Kind is not (JsonTokenType.StartArray or JsonTokenType.String))
                    {
                        refusal = BadTags(name, "it must be a list of texts");
                        return null;
                    }

                    (transitive ??= []).AddRange(token.Texts(member));
                    break;

                case var flat when flat.StartsWith(FlatTagPrefix, StringComparison.Ordinal):
                    if (member.Kind != JsonTokenType.String)
                    {
                        refusal = BadTags(flat, "the value must be a text");
                        return null;
                    }

                    (tags ??= []).Add(new(flat[FlatTagPrefix.Length..], token.Text(member)));
                    break;
            }
        }

        if (tags is null && transitive is null && sourceIdentity is null)
        {
            return None;
        }

        if (FaultOf(tags ?? [], transitive ?? []) is { } fault)
        {
            refusal = BadTags(TagsClaim, fault);
            return null;
        }

        return new SessionClaims { Tags = [.. tags ?? []], TransitiveTagKeys = [.. transitive ?? []], SourceIdentity = sourceIdentity };
    }

    private static Refusal BadTags(string claim, string fault) =>
        new("session tags", WireErrors.BadPrincipalTags, $"the token's session tags are malformed: {fault}", "have the issuer write the claim as `{\"principal_tags\":{\"KEY\":[\"VALUE\"]},\"transitive_tag_keys\":[\"KEY\"]}`") { Place = claim };

    private static string? FaultOf(List<KeyValuePair<string, string>> tags, List<string> transitive)
    {
        if (tags.Count > MaximumTags)
        {
            return $"there are {tags.Count} tags, more than {MaximumTags}";
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in tags)
        {
            var fault = key.Length is 0 or > 128 ? "must have 1 to 128 characters"
                : value.Length > 256 ? "has a value of more than 256 characters"
                : key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) ? "begins with `aws:`, which is reserved"
                : !Aws.ParameterPattern.TagKey.Matches(key) ? "has a character that is no letter, digit, blank or one of `_.:/=+-@`"
                : !Aws.ParameterPattern.TagValue.Matches(value) ? "has a value with a character that is no letter, digit, blank or one of `_.:/=+-@`"
                : !seen.Add(key) ? "occurs twice; keys compare without case"
                : null;
            if (fault is not null)
            {
                return $"tag key `{TokenClaims.Clip(key)}` {fault}";
            }
        }

        return transitive.FirstOrDefault(key => !seen.Contains(key)) is { } unknown ? $"transitive tag key `{TokenClaims.Clip(unknown)}` is no tag of the token" : null;
    }

    private static bool ReadNested(ReadOnlySpan<byte> json, ref List<KeyValuePair<string, string>>? tags, ref List<string>? transitive)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("principal_tags"u8))
            {
                reader.Read();
                if (!ReadPrincipalTags(ref reader, tags = []))
                {
                    return false;
                }
            }
            else if (reader.ValueTextEquals("transitive_tag_keys"u8))
            {
                reader.Read();
                if (!ReadTexts(ref reader, transitive = []))
                {
                    return false;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return true;
    }

    private static bool ReadPrincipalTags(ref Utf8JsonReader reader, List<KeyValuePair<string, string>> tags)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var value = new List<string>(1);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            value.Clear();
            if (reader.TokenType != JsonTokenType.StartArray || !ReadTexts(ref reader, value) || value.Count != 1)
            {
                return false;
            }

            // A repeated member: the last wins, as everywhere in a token.
            tags.RemoveAll(tag => tag.Key == key);
            tags.Add(new(key, value[0]));
        }

        return true;
    }

    private static bool ReadTexts(ref Utf8JsonReader reader, List<string> texts)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            texts.Add(reader.GetString()!);
        }

        return true;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '=' or ',' or '.' or '@' or '-';
}
