using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// One exchange of a token for a role's credentials, in AWS's order: 1 parameters, 2 token, 3 claims, 4 provider, 5 audience,
/// 6 key and signature, 7 session claims, 8 roles claim, 9 role, 10 trust policy, 11 duration, 12 session policies; then 13 the
/// session. The first that fails ends it.
/// </summary>
internal sealed class Exchange(QueryRequest request, StsParts parts, TokenVerifier verifier, Jwt token)
{
    private const string AssumeAction = "sts:AssumeRoleWithWebIdentity";

    private SessionPolicies _policies = new(null, []);
    private SessionClaims _session = SessionClaims.None;
    private SessionCredentials? _credentials;
    private RequestContext? _context;
    private Jwt? _token;
    private OidcProvider? _provider;
    private bool _authorizedByIdp;
    private string _roleArn = "";
    private string _sessionName = "";
    private int _duration;
    private int _packed;
    private string? _account;

    /// <summary>The role, once it is known to exist.</summary>
    public Role? Role { get; private set; }

    /// <summary>The token's claims, once they have the right form. Verified only after step 6.</summary>
    public TokenClaims? Claims { get; private set; }

    /// <summary>Null when the role's credentials may leave.</summary>
    public async ValueTask<Refusal?> Decide()
    {
        // 1.
        if (ReadParameters() is { } badParameters)
        {
            return badParameters;
        }

        // 2.
        request.Parameters.TryGet("WebIdentityToken"u8, out var text);
        if (token.Read(text) is { } fault)
        {
            return new Refusal("token", WireErrors.NotAJwt, fault.Message, fault.IsUnsigned ? "send a token that its issuer signed" : "send the issuer's ID token, unchanged") { Place = "WebIdentityToken" };
        }

        _token = token;

        // 3.
        if (TokenClaims.Read(_token, request.ReceivedAt, out var badClaims) is not { } claims)
        {
            return badClaims;
        }

        Claims = claims;

        // 4. and 5.
        var state = parts.Iam.State;
        if ((FindProvider(state, claims) ?? OwnTokens.FaultOf(claims, parts.Outbound)) is { } noProvider)
        {
            return noProvider;
        }

        // 6.
        if (await verifier.Verify(_token, _provider!) is { } unverified)
        {
            return unverified;
        }

        // 7.
        if (SessionClaims.Read(_token, out var badSession) is not { } session)
        {
            return badSession;
        }

        _session = session;

        // 8.
        _authorizedByIdp = RolesClaim.Names(_token, _roleArn, out var notNamed);
        if (notNamed is not null)
        {
            return notNamed;
        }

        // 9.
        Role = state.RoleByArn(_roleArn);
        if (Role is not { } role)
        {
            return NoSuchRole(state);
        }

        // 10.
        if (AskTrustPolicy(role, claims) is { } denied)
        {
            return denied;
        }

        // 11.
        if (_duration > role.MaxSessionDuration)
        {
            return new Refusal("duration", WireErrors.DurationTooLong, $"{_duration} seconds are more than role `{role.Name}` allows, {role.MaxSessionDuration}", $"ask for at most {role.MaxSessionDuration} seconds (`role-duration-seconds`), or raise the role's maximum: `aws iam update-role --role-name {role.Name} --max-session-duration {_duration}`")
            {
                Place = "DurationSeconds",
                Wanted = $"at most {role.MaxSessionDuration}",
                Got = $"{_duration}",
            };
        }

        // 12.
        if (_policies.FaultIn(state, role.Account) is { } badPolicy)
        {
            return new Refusal("session policy", badPolicy.Error, badPolicy.Cause) { Place = _policies.Inline is null ? "PolicyArns" : "Policy" };
        }

        _packed = PackedSize.Percent(PackedSize.OfClaims, _policies.Inline, _policies.Arns, session.Tags, session.SourceIdentity);
        if (_packed > 100)
        {
            return new Refusal("session policy", WireErrors.PackedTooLarge(_packed), $"session policies and tags take {_packed}% of a session's room", "pass a smaller session policy, or fewer tags") { Wanted = "at most 100%", Got = $"{_packed}%" };
        }

        // 13.
        _credentials = SessionCredentials.Make(parts.Tokens, SessionOf(role, claims));
        return null;
    }

    /// <summary>The successful answer.</summary>
    public void Write(XmlOut xml)
    {
        xml.Element("SubjectFromWebIdentityToken", Claims!.Subject)
            .Element("Audience", Claims.Audience)
            .Open("AssumedRoleUser")
            .Element("Arn", _credentials!.Session.Arn)
            .Element("AssumedRoleId", _credentials.Session.UserId)
            .Close("AssumedRoleUser");
        _credentials.Write(xml)
            .Element("Provider", _provider!.Arn)
            .Optional("SourceIdentity", _session.SourceIdentity)
            .Element("PackedPolicySize", _packed);
    }

    /// <summary>The decision, with everything it saw; see <see cref="ExchangeRecord"/>.</summary>
    public DecisionRecord Record(Refusal? refusal) => ExchangeRecord.Of(
        request,
        refusal,
        new ExchangeFacts(_token, Claims, _provider, Role, _roleArn, _sessionName, _duration, _session, _credentials?.Session, _packed, _account)
        {
            Statement = refusal is null && Role is { } role ? TrustPolicy.Of(role).StatementThatAllows(Ask(role, AssumeAction, _context!)) : null,
            Detailed = parts.Detailed,
            Untrusted = _provider is not null && parts.Issuers.IsPinned(_provider.Issuer),
        });

    private Refusal? ReadParameters()
    {
        var check = new Constraints(request.Parameters);
        _roleArn = check.Required("RoleArn", 20, 2048);
        _sessionName = check.Required("RoleSessionName", 2, 64, ParameterPattern.NameOrEmpty);
        CheckToken(check);
        var providerId = check.Optional("ProviderId", 4, 2048);
        _policies = SessionPolicies.Read(check);
        _duration = check.Number("DurationSeconds", 900, 43_200, absent: 3600);
        if (check.Error is { } invalid)
        {
            return new Refusal("parameters", invalid, ParameterCause(), "correct the request's parameters");
        }

        if (providerId is { Length: > 0 })
        {
            var wire = providerId switch
            {
                "www.amazon.com" => WireErrors.NotAmazon,
                "graph.facebook.com" => WireErrors.FacebookRejected,
                _ => WireErrors.UnrecognizedProvider,
            };
            return new Refusal("parameters", wire, $"`ProviderId` is `{TokenClaims.Clip(providerId)}`, which is for OAuth access tokens and never goes with an ID token", "leave `ProviderId` out") { Place = "ProviderId" };
        }

        if (AccountOf(_roleArn) is not { } account)
        {
            return new Refusal("parameters", CommonErrors.ValidationError($"{_roleArn} is invalid"), $"`{TokenClaims.Clip(_roleArn)}` is no role's ARN", "write it as `arn:aws:iam::ACCOUNT:role/NAME`") { Place = "RoleArn" };
        }

        _account = account;
        return null;
    }

    /// <summary>The token is no text of ours until it is verified: only its length is looked at, and it is never repeated.</summary>
    private void CheckToken(Constraints check)
    {
        if (!request.Parameters.TryGet("WebIdentityToken"u8, out var token))
        {
            check.Violate("Value at 'webIdentityToken' failed to satisfy constraint: Member must not be null");
        }
        else if (token.Length is < 4 or > Jwt.MaximumLength)
        {
            check.Violate("Value at 'webIdentityToken' failed to satisfy constraint: Member must have length "
                + (token.Length < 4 ? "greater than or equal to 4" : $"less than or equal to {Jwt.MaximumLength}"));
        }
    }

    private string ParameterCause()
    {
        if (_sessionName.Length is < 2 or > 64 || !ParameterPattern.NameOrEmpty.Matches(_sessionName))
        {
            return request.Parameters.Has("RoleSessionName")
                ? $"the session name `{TokenClaims.Clip(_sessionName)}` is not 2 to 64 letters, digits or `_+=,.@-`"
                : "the request has no `RoleSessionName`";
        }

        if (request.Parameters.Text("DurationSeconds"u8) is { Length: > 0 } duration && (!int.TryParse(duration, out var seconds) || seconds is < 900 or > 43_200))
        {
            return $"`DurationSeconds` is `{TokenClaims.Clip(duration)}`, not between 900 and 43200";
        }

        return _roleArn.Length is < 20 or > 2048 ? $"`{TokenClaims.Clip(_roleArn)}` is no role's ARN"
            : !request.Parameters.Has("WebIdentityToken") ? "the request has no `WebIdentityToken`"
            : request.Parameters.TryGet("WebIdentityToken"u8, out var token) && token.Length > Jwt.MaximumLength ? $"the token has {token.Length} characters, more than {Jwt.MaximumLength}"
            : "a parameter of the request is out of its bounds";
    }

    private static string? AccountOf(string roleArn)
    {
        const string prefix = "arn:aws:iam::";
        return roleArn.StartsWith(prefix, StringComparison.Ordinal)
            && roleArn.Length > prefix.Length + 18
            && roleArn.AsSpan(prefix.Length, 12).IndexOfAnyExceptInRange('0', '9') < 0
            && roleArn.AsSpan(prefix.Length + 12).StartsWith(":role/")
                ? roleArn.Substring(prefix.Length, 12)
                : null;
    }

    private Refusal? FindProvider(IamState state, TokenClaims claims)
    {
        // 4.
        var account = state.Account(_account!);
        _provider = account.ProviderOf(claims.Issuer);
        if (_provider is not { } provider)
        {
            return NoProvider(state, account, claims.Issuer);
        }

        // 5.
        return provider.ClientIds.Contains(claims.Audience) && claims.Audience.Length > 0 ? null : new Refusal(
            "audience",
            WireErrors.NotValidated,
            $"audience `{TokenClaims.Clip(claims.Audience)}` is not registered with provider `{provider.Url}`, which has {Listed(provider.ClientIds, "no client id")}",
            claims.Audience.StartsWith("https://github.com/", StringComparison.Ordinal)
                ? "ask for the token with `audience: sts.amazonaws.com`: without one GitHub takes the owner's page"
                : $"ask for a token with a registered audience, or register this one: `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {provider.Arn} --client-id {TokenClaims.Clip(claims.Audience)}`")
        {
            Place = claims.OriginalAudience is null ? "aud" : "azp",
            Wanted = Listed(provider.ClientIds, "none"),
            Got = TokenClaims.Clip(claims.Audience),
        };
    }

    private Refusal NoProvider(IamState state, IamAccount account, string issuer)
    {
        var near = account.Providers.Values.FirstOrDefault(provider => provider.Issuer.TrimEnd('/').Equals(issuer.TrimEnd('/'), StringComparison.OrdinalIgnoreCase));
        var elsewhere = state.Accounts.Values.Where(other => other.Id != account.Id && other.ProviderOf(issuer) is not null).Select(other => other.Id).Order().FirstOrDefault();
        var role = state.RoleByArn(_roleArn);
        var cause = role is null && !state.Accounts.ContainsKey(account.Id)
            ? $"account `{account.Id}`, which the role's ARN names, has no OIDC provider and no role here"
            : $"account `{account.Id}` has no OIDC provider for issuer `{TokenClaims.Clip(issuer)}`; it has {Listed([.. account.Providers.Values.Select(provider => provider.Issuer)], "none")}";
        var mend = near is not null
            ? $"the provider `{near.Issuer}` differs by {(near.Issuer.TrimEnd('/') == issuer.TrimEnd('/') ? "a slash at its end" : "upper and lower case")}: create one for exactly `{issuer}`"
            : elsewhere is not null
                ? $"account `{elsewhere}` has it: check the account in the role's ARN"
                : $"create it: `aws iam create-open-id-connect-provider --url {TokenClaims.Clip(issuer)} --client-id-list sts.amazonaws.com`";
        return new Refusal("provider", WireErrors.NoProvider(issuer), cause, mend)
        {
            Place = $"account {account.Id}",
            Wanted = TokenClaims.Clip(issuer),
            Got = Listed([.. account.Providers.Values.Select(provider => provider.Issuer)], "none"),
        };
    }

    private Refusal NoSuchRole(IamState state)
    {
        var name = _roleArn[(_roleArn.LastIndexOf('/') + 1)..];
        var account = state.Account(_account!);
        if (account.Roles.TryGetValue(name, out var samename))
        {
            return RoleMissing(
                samename.Name == name
                    ? $"role `{name}` has another path: its ARN is `{samename.Arn}`, the request names `{_roleArn}`"
                    : $"role `{samename.Name}` is spelled otherwise in the request: `{name}`; ARNs compare with case",
                $"use `{samename.Arn}`");
        }

        if (state.Accounts.Values.Where(other => other.Id != _account).OrderBy(other => other.Id, StringComparer.Ordinal).FirstOrDefault(other => other.Roles.ContainsKey(name)) is { } other)
        {
            return RoleMissing($"role `{name}` is in account `{other.Id}`, not in `{_account}`", $"use `{other.Roles[name].Arn}`");
        }

        var near = Suggest.Nearest(name, account.Roles.Keys);
        return RoleMissing(
            $"role `{name}` does not exist in account `{_account}`" + (near is null ? "" : $"; did you mean `{near}`?"),
            near is null ? $"create it, or check `role-to-assume`; the account has {Listed([.. account.Roles.Keys], "no role")}" : $"use `{account.Roles[near].Arn}`");
    }

    private Refusal RoleMissing(string cause, string mend) => new("role", WireErrors.NotAuthorized, cause, mend) { Place = "RoleArn", Got = _roleArn };

    private Refusal? AskTrustPolicy(Role role, TokenClaims claims)
    {
        var trust = TrustPolicy.Of(role);
        _context = Context(role, claims, trust);
        if (Authorizer.Decide(Ask(role, AssumeAction, _context), trust.Policies) != Verdict.Allow)
        {
            return Denied(role, claims, trust, AssumeAction);
        }

        if (!_session.Tags.IsEmpty && Authorizer.Decide(Ask(role, "sts:TagSession", _context), trust.Policies) != Verdict.Allow)
        {
            return Denied(role, claims, trust, "sts:TagSession");
        }

        return _session.SourceIdentity is not null && Authorizer.Decide(Ask(role, "sts:SetSourceIdentity", _context), trust.Policies) != Verdict.Allow
            ? Denied(role, claims, trust, "sts:SetSourceIdentity")
            : null;
    }

    /// <summary>The same question again, with every key and every reason.</summary>
    private Refusal Denied(Role role, TokenClaims claims, TrustPolicy trust, string action)
    {
        var decision = Authorizer.Explain(Ask(role, action, Context(role, claims, policy: null)), trust.Policies);
        var explanation = decision.Explanation;
        var near = explanation.NearMisses.IsEmpty ? null : explanation.NearMisses[0];
        var (cause, mend) = action switch
        {
            "sts:TagSession" => ($"the token carries session tags, and role `{role.Name}` does not let it: {explanation.Summary}", "allow `sts:TagSession` beside `sts:AssumeRoleWithWebIdentity` in the role's trust policy"),
            "sts:SetSourceIdentity" => ($"the token carries a source identity, and role `{role.Name}` does not let it: {explanation.Summary}", "allow `sts:SetSourceIdentity` beside `sts:AssumeRoleWithWebIdentity` in the role's trust policy"),
            _ => ($"role `{role.Name}`: {explanation.Summary}", near?.Change),
        };
        var failed = explanation.Decisive?.Conditions.FirstOrDefault(condition => !condition.Holds);
        var element = explanation.Decisive?.Elements.FirstOrDefault(element => !element.Holds);
        var span = failed?.Span ?? element?.Span ?? explanation.Decisive?.Statement.Span;
        return new Refusal("trust policy", WireErrors.NotAuthorized, cause, mend)
        {
            Place = span is { } at ? $"trust policy of {role.Arn}, line {SourceOf(trust).PositionOf(at.Start).Line}, column {SourceOf(trust).PositionOf(at.Start).Column}" : $"trust policy of {role.Arn}",
            In = new PolicyPlace(role.Arn, null, PointerTo(SourceOf(trust), span)),
            Wanted = failed is not null ? $"{failed.Operator} {failed.Key} {string.Join(" or ", failed.Wanted)}" : element is not null ? string.Join(" or ", element.Wanted) : null,
            Got = failed is not null ? (failed.Got is { } got ? string.Join(", ", got) : "(absent)") : element?.Got,
            Explanation = ExplanationText.Render(explanation),
        };
    }

    private static string PointerTo(SourceText policy, SourceSpan? span) =>
        span is { } at && JsonReader.Read(policy).Root is { } root ? JsonPointer.At(root, at.Start) : "";

    private static SourceText SourceOf(TrustPolicy trust) => trust.Policies.Resource!.Document.Source;

    private RequestContext Context(Role role, TokenClaims claims, TrustPolicy? policy) =>
        TrustKeys.Of(claims, _provider!, _session, role, _sessionName, _authorizedByIdp, request, policy);

    private AccessRequest Ask(Role role, string action, RequestContext context) =>
        new(action, role.Arn, new Requester.Federated(_provider!.Arn), context) { ResourceAccount = role.Account };

    private Session SessionOf(Role role, TokenClaims claims)
    {
        var keys = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(3);
        keys.Add(new(_provider!.Url + ":aud", claims.Audience));
        keys.Add(new(_provider.Url + ":sub", claims.Subject));
        if (claims.Token.Claim("amr"u8) is { Kind: not System.Text.Json.JsonTokenType.Null } amr)
        {
            keys.Add(new(_provider.Url + ":amr", string.Join(',', claims.Token.Texts(amr))));
        }

        return new Session
        {
            Kind = SessionKind.AssumedRole,
            Account = role.Account,
            Arn = $"arn:aws:sts::{role.Account}:assumed-role/{role.Name}/{_sessionName}",
            UserId = $"{role.Id}:{_sessionName}",
            AccessKeyId = "",
            IssuedAt = request.ReceivedAt,
            Expires = request.ReceivedAt.AddSeconds(_duration),
            RoleArn = role.Arn,
            RoleId = role.Id,
            Policy = _policies.Inline,
            PolicyArns = [.. _policies.Arns],
            Tags = _session.Tags,
            TransitiveTagKeys = _session.TransitiveTagKeys,
            SourceIdentity = _session.SourceIdentity,
            FederatedProvider = _provider.Arn,
            WebIdentityKeys = keys.DrainToImmutable(),
        };
    }

    private static string Listed(ImmutableArray<string> values, string none) => values.Length switch
    {
        0 => none,
        <= 5 => string.Join(", ", values.Select(value => $"`{value}`")),
        _ => string.Join(", ", values.Take(5).Select(value => $"`{value}`")) + $" and {values.Length - 5} more",
    };
}
