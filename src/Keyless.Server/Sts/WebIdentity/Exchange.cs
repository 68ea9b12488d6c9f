using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Tree;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// One exchange of a token for a role's credentials, in AWS's order: 1 parameters, 2 token, 3 claims, 4 provider, 5 audience,
/// 6 key and signature, 7 session claims, 8 roles claim, 9 role, 10 trust policy, 11 duration, 12 session policies; then 13 the
/// session. The first that fails ends it. An instance, with its buffers, serves one request after the other.
/// </summary>
internal sealed class Exchange(StsParts parts, TokenVerifier verifier)
{
    private const string AssumeAction = "sts:AssumeRoleWithWebIdentity";

    private const string SecondsHelp = "ask for 900 to 43200 seconds: `role-duration-seconds: 3600`";
    private const string RoleArnHelp = "write it as `arn:aws:iam::ACCOUNT:role/NAME`";
    private const int ShortestToken = 4;

    private readonly Jwt _jwt = new();
    private readonly RequestContext _context = new();
    private readonly SealedSession _sealed = new();

    private SessionPolicies _policies = SessionPolicies.None;
    private AccessRequest? _asked;
    private bool _authorizedByIdp;

    // What it knows so far; its record reads it too. What it has not reached is null.
    public QueryRequest Request { get; private set; } = null!;

    public string RoleArn { get; private set; } = "";

    public string SessionName { get; private set; } = "";

    /// <summary>Seconds.</summary>
    public int Duration { get; private set; }

    /// <summary>The account that the role's ARN names.</summary>
    public string? Account { get; private set; }

    public Jwt? Token { get; private set; }

    /// <summary>The token's claims, once they have the right form. Verified only after step 6.</summary>
    public TokenClaims? Claims { get; private set; }

    public OidcProvider? Provider { get; private set; }

    /// <summary>Whether the issuer's keys are this server's own.</summary>
    public bool IsPinned => Provider is not null && parts.Issuers.IsPinned(Provider.Issuer);

    public SessionClaims Tags { get; private set; } = SessionClaims.None;

    /// <summary>The role, once it is known to exist.</summary>
    public Role? Role { get; private set; }

    /// <summary>The session's packed size, percent.</summary>
    public int Packed { get; private set; }

    /// <summary>The session, once everything is decided.</summary>
    public Session? Session { get; private set; }

    /// <summary>Whether what was allowed is recorded as fully as what was refused.</summary>
    public bool IsDetailed => parts.Detailed;

    /// <summary>Turns to a request; of the last one nothing is left.</summary>
    public void Begin(QueryRequest request)
    {
        Request = request;
        _policies = SessionPolicies.None;
        Tags = SessionClaims.None;
        (Session, Token, Provider, Claims, Role, Account) = (null, null, null, null, null, null);
        (RoleArn, SessionName, Duration, Packed, _authorizedByIdp) = ("", "", 0, 0, false);
        _context.Clear();
    }

    /// <summary>Null when the role's credentials may leave.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Refusal?> Decide()
    {
        // 1.
        if (ReadParameters() is { } badParameters)
        {
            return badParameters;
        }

        // 2.
        Request.Parameters.TryGet("WebIdentityToken"u8, out var text);
        if (_jwt.Read(text) is { } fault)
        {
            return new Refusal("token", WireErrors.NotAJwt, fault.Message, fault.Mend) { Place = "WebIdentityToken" };
        }

        Token = _jwt;

        // 3.
        if (TokenClaims.Read(Token, Request.ReceivedAt, out var badClaims) is not { } claims)
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
        if (await verifier.Verify(Token, Provider!) is { } unverified)
        {
            return unverified;
        }

        // 7.
        if (SessionClaims.Read(Token, out var badTags) is not { } tags)
        {
            return badTags;
        }

        Tags = tags;

        // 8.
        _authorizedByIdp = RolesClaim.Names(Token, RoleArn, out var notNamed);
        if (notNamed is not null)
        {
            return notNamed;
        }

        // 9.
        Role = state.RoleByArn(RoleArn);
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
        if (Duration > role.MaxSessionDuration)
        {
            return new Refusal("duration", WireErrors.DurationTooLong, $"{Duration} seconds are more than role `{role.Name}` allows, {role.MaxSessionDuration}", $"ask for at most {role.MaxSessionDuration} seconds (`role-duration-seconds`), or raise the role's maximum: `aws iam update-role --role-name {role.Name} --max-session-duration {Duration}`")
            {
                Place = "DurationSeconds",
                Wanted = $"at most {role.MaxSessionDuration}",
                Got = $"{Duration}",
            };
        }

        // 12.
        if (_policies.FaultIn(state, role.Account) is { } badPolicy)
        {
            return new Refusal("session policy", badPolicy.Error, badPolicy.Cause, badPolicy.Mend) { Place = _policies.Inline is null ? "PolicyArns" : "Policy" };
        }

        Packed = PackedSize.Percent(PackedSize.OfClaims, _policies.Inline, _policies.Arns, tags.Tags, tags.SourceIdentity);
        if (Packed > 100)
        {
            return new Refusal("session policy", WireErrors.PackedTooLarge(Packed), $"session policies and tags take {Packed}% of a session's room", "pass a smaller session policy, or fewer tags") { Wanted = "at most 100%", Got = $"{Packed}%" };
        }

        // 13.
        Session = SessionOf(role, claims);
        parts.Tokens.Seal(Session, _sealed);
        return null;
    }

    /// <summary>The successful answer.</summary>
    public void Write(XmlOut xml)
    {
        xml.Element("SubjectFromWebIdentityToken", Claims!.Subject)
            .Element("Audience", Claims.Audience)
            .Open("AssumedRoleUser")
            .Element("Arn", Session!.Arn)
            .Element("AssumedRoleId", Session.UserId)
            .Close("AssumedRoleUser");
        SessionCredentials.Write(xml, Session, _sealed)
            .Element("Provider", Provider!.Arn)
            .Optional("SourceIdentity", Tags.SourceIdentity)
            .Element("PackedPolicySize", Packed);
    }

    /// <summary>What allowed an exchange that was allowed, in one sentence.</summary>
    public string Statement() => TrustPolicy.Of(Role!).StatementThatAllows(Ask(Role!, AssumeAction, _context));

    private Refusal? ReadParameters()
    {
        var check = new Constraints(Request.Parameters);
        RoleArn = check.Required("RoleArn", 20, 2048, ParameterPattern.Arn);
        SessionName = check.Required("RoleSessionName", 2, 64, ParameterPattern.NameOrEmpty);
        CheckToken(check);
        var providerId = check.Optional("ProviderId", 4, 2048);
        _policies = SessionPolicies.Read(check);
        Duration = check.Number("DurationSeconds", 900, 43_200, absent: 3600);
        if (check.Error is { } invalid)
        {
            var (cause, mend) = invalid.Reason is { } unreadable ? (unreadable, SecondsHelp) : ParameterCause(providerId);
            (RoleArn, SessionName) = (TokenClaims.Clip(RoleArn), TokenClaims.Clip(SessionName));
            return new Refusal("parameters", invalid, cause, mend);
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

        if (AccountOf(RoleArn) is not { } account)
        {
            var invalidArn = CommonErrors.ValidationError($"{RoleArn} is invalid");
            RoleArn = TokenClaims.Clip(RoleArn);
            return new Refusal("parameters", invalidArn, NoRoleArn(RoleArn), RoleArnHelp) { Place = "RoleArn" };
        }

        Account = account;
        return null;
    }

    /// <summary>The token is no text of ours until it is verified: only its length is looked at, and it is never repeated.</summary>
    private void CheckToken(Constraints check)
    {
        if (!Request.Parameters.TryGet("WebIdentityToken"u8, out var token))
        {
            check.Violate("Value at 'webIdentityToken' failed to satisfy constraint: Member must not be null");
        }
        else if (token.Length is < ShortestToken or > Jwt.MaximumLength)
        {
            check.Violate("Value at 'webIdentityToken' failed to satisfy constraint: Member must have length "
                + (token.Length < ShortestToken ? $"greater than or equal to {ShortestToken}" : $"less than or equal to {Jwt.MaximumLength}"));
        }
    }

    private (string Cause, string Mend) ParameterCause(string? providerId)
    {
        if (SessionName.Length is < 2 or > 64 || !ParameterPattern.NameOrEmpty.Matches(SessionName))
        {
            return Request.Parameters.Has("RoleSessionName"u8)
                ? ($"the session name `{TokenClaims.Clip(SessionName)}` is not 2 to 64 letters, digits or `_+=,.@-`", "choose such a name: `role-session-name: deploy`")
                : ("the request has no `RoleSessionName`", "name the session: `role-session-name: deploy`");
        }

        if (Request.Parameters.Text("DurationSeconds"u8) is { Length: > 0 } duration && (!int.TryParse(duration, out var seconds) || seconds is < 900 or > 43_200))
        {
            return ($"`DurationSeconds` is `{TokenClaims.Clip(duration)}`, not between 900 and 43200", SecondsHelp);
        }

        if (RoleArn.Length is < 20 or > 2048)
        {
            return RoleArn.Length == 0 ? ("the request has no `RoleArn`", RoleArnHelp) : (NoRoleArn(TokenClaims.Clip(RoleArn)), RoleArnHelp);
        }

        if (!Request.Parameters.TryGet("WebIdentityToken"u8, out var token))
        {
            return ("the request has no `WebIdentityToken`", "send the issuer's ID token in it");
        }

        if (token.Length is < ShortestToken or > Jwt.MaximumLength)
        {
            return ($"the token has {token.Length} characters, {(token.Length < ShortestToken ? "fewer than any token" : $"more than {Jwt.MaximumLength}")}", "send the issuer's ID token, whole and alone");
        }

        return providerId is { Length: < 4 or > 2048 } ? ($"`ProviderId` is `{TokenClaims.Clip(providerId)}`, not 4 to 2048 characters", "leave `ProviderId` out: it never goes with an ID token")
            : _policies.Inline is { Length: 0 or > 2048 } policy ? ($"`Policy` has {policy.Length} characters, not 1 to 2048", "pass a smaller session policy: without white space, or as a managed policy in `PolicyArns`")
            : _policies.Inline is { } inline && !ParameterPattern.Document.Matches(inline) ? ("`Policy` has a character outside Latin-1, which no policy may have", "write it as `\\uXXXX`, or `?` in its place")
            : Request.Parameters.Numbers("PolicyArns").Count is > 10 and var count ? ($"there are {count} `PolicyArns`, more than 10", "pass at most 10: join some policies into one")
            : ($"`PolicyArns` has `{TokenClaims.Clip(_policies.Arns.FirstOrDefault(arn => arn.Length is < 20 or > 2048) ?? "")}`, which is no policy's ARN", "write `arn:aws:iam::ACCOUNT:policy/NAME`, or `arn:aws:iam::aws:policy/NAME` for one of AWS");
    }

    /// <summary>Which of an ARN's fields is not a role's.</summary>
    private static string NoRoleArn(string text) =>
        text.Trim() != text ? $"the role's ARN has white space around it: `{text}`"
        : !Arn.TryParse(text, out var arn) ? $"`{text}` is no role's ARN"
        : arn.Partition is not "aws" ? $"`{text}` is of partition `{arn.Partition}`; the accounts here are of `aws`"
        : arn.Service is not "iam" ? $"`{text}` is an ARN of `{arn.Service}`{(arn.Service is "sts" ? ", a session's" : "")}; a role's is of `iam`"
        : arn.Region.Length > 0 ? $"`{text}` has a region, which a role's ARN has not"
        : !Arn.IsAccountId(arn.Account) ? $"`{text}` has no account of twelve digits"
        : $"`{text}` is no role's ARN: behind the account stands `role/NAME`";

    private static string? AccountOf(string roleArn)
    {
        const string prefix = "arn:aws:iam::";
        return roleArn.StartsWith(prefix, StringComparison.Ordinal)
            && roleArn.Length > prefix.Length + 18
            && roleArn.AsSpan(prefix.Length, 12).IndexOfAnyExceptInRange('0', '9') < 0
            && roleArn.AsSpan(prefix.Length + 12).StartsWith(":role/")
                ? RecentTexts.Of(roleArn.AsSpan(prefix.Length, 12))
                : null;
    }

    private Refusal? FindProvider(IamState state, TokenClaims claims)
    {
        // 4.
        var account = state.Account(Account!);
        Provider = account.ProviderOf(claims.Issuer) ?? BuiltInIssuers.Of(claims.Issuer, account.Id);
        if (Provider is not { } provider)
        {
            return NoProvider(state, account, claims.Issuer);
        }

        // 5.
        return provider.IsBuiltIn || (provider.ClientIds.Contains(claims.Audience) && claims.Audience.Length > 0) ? null : NotRegistered(provider, claims);
    }

    private static Refusal NotRegistered(OidcProvider provider, TokenClaims claims)
    {
        var audience = TokenClaims.Clip(claims.Audience);
        var closest = Suggest.ByCloseness(claims.Audience, provider.ClientIds, id => id).ToImmutableArray();
        var register = $"`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {provider.Arn} --client-id {audience}`";

        // The one that AWS's action asks for is right on whichever side it stands.
        var isRight = claims.Audience == Audiences.Aws;
        var slipped = closest.FirstOrDefault(id => Slip.Of(claims.Audience, id) is not null);
        var (cause, mend) = closest.IsEmpty ? ($"audience `{audience}` is not registered with provider `{provider.Url}`, which has no client id", $"register it: {register}")
            : slipped is not null && isRight ? ($"the provider's client id `{slipped}` {Slip.Of(slipped, claims.Audience)}, unlike the token's audience `{audience}`", $"register that one: {register}")
            : slipped is not null ? ($"the token's audience `{audience}` {Slip.Of(claims.Audience, slipped)}, unlike `{slipped}`, which is registered", Audiences.AskFor(slipped))
            : ($"audience `{audience}` is not registered with provider `{provider.Url}`, which has {Listed(closest, "", most: 2)}",
                isRight ? $"register it: {register}; or {Audiences.AskFor(closest[0])}"
                : Audiences.AskFor(closest[0]) + (Audiences.IsDefault(claims.Audience) ? ": without one GitHub takes the owner's page" : $"; or, if `{audience}` is meant, register it: {register}"));
        return new Refusal("audience", WireErrors.NotValidated, cause, mend)
        {
            Place = claims.OriginalAudiences.IsEmpty ? "aud" : "azp",
            Wanted = Listed(provider.ClientIds, "none"),
            Got = audience,
        };
    }

    private Refusal NoProvider(IamState state, IamAccount account, string issuer)
    {
        ImmutableArray<string> known = [.. Suggest.ByCloseness(issuer, account.Providers.Values.Select(provider => provider.Issuer), other => other)];
        var elsewhere = state.Accounts.Values.Where(other => other.Id != account.Id && other.ProviderOf(issuer) is not null).Select(other => other.Id).Order().FirstOrDefault();
        var slipped = known.FirstOrDefault(other => Slip.Of(issuer, other) is not null);
        var shown = TokenClaims.Clip(issuer);
        var create = $"create the provider: `aws iam create-open-id-connect-provider --url {shown} --client-id-list {Audiences.Aws}`";
        var (cause, mend) = slipped is not null
                ? ($"the token's issuer `{shown}` {Slip.Of(issuer, slipped)}, unlike the account's provider `{slipped}`", $"have the issuer write `iss` as `{slipped}`{(issuer.StartsWith("https://", StringComparison.Ordinal) ? $", or {create}" : "")}")
            : elsewhere is not null
                ? ($"account `{account.Id}`, which the role's ARN names, has no OIDC provider for issuer `{shown}`; account `{elsewhere}` has it", $"if the role is in `{elsewhere}`, name that account in the role's ARN; else {create}")
            : state.RoleByArn(RoleArn) is null && !state.Accounts.ContainsKey(account.Id)
                ? ($"account `{account.Id}`, which the role's ARN names, has no OIDC provider and no role here", $"check the account in the role's ARN, or {create}")
            : known.FirstOrDefault(other => issuer.StartsWith(other + "/", StringComparison.Ordinal)) is { } shared && IssuerUrl.IsGitHub(shared)
                ? ($"the token's issuer is the enterprise's own, `{shown}`; the account has a provider for `{shared}` only", $"{create}, and name it in the role's trust policy")
            : known.FirstOrDefault(other => other.StartsWith(issuer + "/", StringComparison.Ordinal)) is { } owned && IssuerUrl.IsGitHub(issuer)
                ? ($"the token's issuer is `{shown}`; the account has a provider for an enterprise's own only, `{owned}`", $"have the enterprise switch its own issuer on (`include_enterprise_slug`), or {create}")
                : ($"account `{account.Id}` has no OIDC provider for issuer `{shown}`; it has {Listed(known, "none", most: 2)}", create);
        return new Refusal("provider", WireErrors.NoProvider(issuer), cause, mend)
        {
            Place = $"account {account.Id}",
            Wanted = shown,
            Got = Listed(known, "none"),
        };
    }

    private Refusal NoSuchRole(IamState state)
    {
        if (RoleArn.Trim() is var bare && bare != RoleArn && state.RoleByArn(bare) is not null)
        {
            return RoleMissing(NoRoleArn(RoleArn), $"use `{bare}`");
        }

        var name = RoleArn[(RoleArn.LastIndexOf('/') + 1)..];
        var account = state.Account(Account!);
        if (account.Roles.TryGetValue(name, out var samename))
        {
            return RoleMissing(
                samename.Name == name
                    ? $"role `{name}` has another path: its ARN is `{samename.Arn}`, the request names `{RoleArn}`"
                    : $"role `{samename.Name}` is spelled otherwise in the request: `{name}`; ARNs compare with case",
                $"use `{samename.Arn}`");
        }

        if (state.Accounts.Values.Where(other => other.Id != Account).OrderBy(other => other.Id, StringComparer.Ordinal).FirstOrDefault(other => other.Roles.ContainsKey(name)) is { } other)
        {
            return RoleMissing($"role `{name}` is in account `{other.Id}`, not in `{Account}`", $"use `{other.Roles[name].Arn}`");
        }

        var near = Suggest.Nearest(name, account.Roles.Keys);
        return RoleMissing(
            $"role `{name}` does not exist in account `{Account}`" + (near is null ? "" : $"; did you mean `{near}`?"),
            near is null ? $"create it, or check `role-to-assume`; the account has {Listed([.. account.Roles.Keys], "no role")}" : $"use `{account.Roles[near].Arn}`");
    }

    private Refusal RoleMissing(string cause, string mend) => new("role", WireErrors.NotAuthorized, cause, mend) { Place = "RoleArn", Got = RoleArn };

    private Refusal? AskTrustPolicy(Role role, TokenClaims claims)
    {
        var trust = TrustPolicy.Of(role);
        AddKeys(_context, role, claims, trust);
        if (Authorizer.Decide(Ask(role, AssumeAction, _context), trust.Policies) != Verdict.Allow)
        {
            return Denied(role, claims, trust, AssumeAction);
        }

        if (!Tags.Tags.IsEmpty && Authorizer.Decide(Ask(role, "sts:TagSession", _context), trust.Policies) != Verdict.Allow)
        {
            return Denied(role, claims, trust, "sts:TagSession");
        }

        return Tags.SourceIdentity is not null && Authorizer.Decide(Ask(role, "sts:SetSourceIdentity", _context), trust.Policies) != Verdict.Allow
            ? Denied(role, claims, trust, "sts:SetSourceIdentity")
            : null;
    }

    /// <summary>The same question again, with every key and every reason.</summary>
    private Refusal Denied(Role role, TokenClaims claims, TrustPolicy trust, string action)
    {
        var everyKey = new RequestContext();
        AddKeys(everyKey, role, claims, policy: null);
        var decision = Authorizer.Explain(Ask(role, action, everyKey), trust.Policies);
        var explanation = decision.Explanation;
        var cause = action switch
        {
            "sts:TagSession" => $"the token carries session tags; role `{role.Name}`: {explanation.Cause}",
            "sts:SetSourceIdentity" => $"the token carries a source identity; role `{role.Name}`: {explanation.Cause}",
            _ => $"role `{role.Name}`: {explanation.Cause}",
        };
        var failed = explanation.Decisive?.Conditions.FirstOrDefault(condition => !condition.Holds);
        var element = explanation.Decisive?.Elements.FirstOrDefault(element => !element.Holds);
        var span = failed?.Span ?? element?.Span ?? explanation.Decisive?.Statement.Span;
        return new Refusal("trust policy", WireErrors.NotAuthorized, cause, explanation.Change)
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

    private void AddKeys(RequestContext context, Role role, TokenClaims claims, TrustPolicy? policy) =>
        new TrustKeys(context, policy).Add(claims, Provider!, Tags, role, SessionName, _authorizedByIdp, Request);

    /// <summary>The question; the same as last time is not made anew, since it holds this exchange's context by reference.</summary>
    private AccessRequest Ask(Role role, string action, RequestContext context)
    {
        if (_asked is { } asked && asked.Context == context && asked.Action == action && asked.Resource == role.Arn && asked.Requester == Provider!.AsRequester)
        {
            return asked;
        }

        return _asked = new AccessRequest(action, role.Arn, Provider!.AsRequester, context) { ResourceAccount = role.Account };
    }

    private Session SessionOf(Role role, TokenClaims claims)
    {
        var audience = new KeyValuePair<string, string>(Recent($"{Provider!.KeyPrefix}aud"), claims.Audience);
        var subject = new KeyValuePair<string, string>(Recent($"{Provider.KeyPrefix}sub"), claims.Subject);
        ImmutableArray<KeyValuePair<string, string>> keys = claims.Token.Claim("amr"u8) is { Kind: not System.Text.Json.JsonTokenType.Null } amr
            ? [audience, subject, new(Provider.KeyPrefix + "amr", string.Join(',', claims.Token.Texts(amr)))]
            : [audience, subject];
        return new Session
        {
            Kind = SessionKind.AssumedRole,
            Account = role.Account,
            Arn = Recent($"arn:aws:sts::{role.Account}:assumed-role/{role.Name}/{SessionName}"),
            UserId = Recent($"{role.Id}:{SessionName}"),
            AccessKeyId = AccessKeyId.New("ASIA", role.Account),
            IssuedAt = Request.ReceivedAt,
            Expires = Request.ReceivedAt.AddSeconds(Duration),
            RoleArn = role.Arn,
            RoleId = role.Id,
            Policy = _policies.Inline,
            PolicyArns = _policies.Arns,
            Tags = Tags.Tags,
            TransitiveTagKeys = Tags.TransitiveTagKeys,
            SourceIdentity = Tags.SourceIdentity,
            FederatedProvider = Provider.Arn,
            WebIdentityKeys = keys,
        };
    }

    /// <summary>A text of parts that come together again and again.</summary>
    private static string Recent(ref DefaultInterpolatedStringHandler text)
    {
        var made = RecentTexts.Of(text.Text);
        text.Clear();
        return made;
    }

    /// <param name="most">So many by name, the rest as a number.</param>
    private static string Listed(ImmutableArray<string> values, string none, int most = 5) =>
        values.IsEmpty ? none
        : string.Join(", ", values.Take(most).Select(value => $"`{value}`")) + (values.Length > most ? $" and {values.Length - most} more" : "");
}
