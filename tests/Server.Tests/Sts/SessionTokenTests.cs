using System.Collections.Immutable;
using CsCheck;
using Keyless.Server.Aws;
using Keyless.Server.Secrets;
using Keyless.Server.Sts;
using Xunit;

namespace Server.Tests.Sts;

public sealed class SessionTokenTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private static Session Session(string account = "123456789012") => new()
    {
        Kind = SessionKind.AssumedRole,
        Account = account,
        Arn = $"arn:aws:sts::{account}:assumed-role/deploy/GitHubActions",
        UserId = "AROAEXAMPLE:GitHubActions",
        AccessKeyId = AccessKeyId.New("ASIA", account),
        IssuedAt = Now,
        Expires = Now.AddHours(1),
        RoleArn = $"arn:aws:iam::{account}:role/ci/deploy",
        RoleId = "AROAEXAMPLE",
        Policy = "{\"Version\":\"2012-10-17\"}",
        PolicyArns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        Tags = [new("Squad", "blue"), new("ü", "")],
        TransitiveTagKeys = ["Squad"],
        FederatedProvider = "arn:aws:iam::1:oidc-provider/h",
        WebIdentityKeys = [new("h:sub", "repo:o/r")],
    };

    private static string Text(ReadOnlySpan<byte> ascii) => System.Text.Encoding.ASCII.GetString(ascii);

    [Fact]
    public void A_sealed_session_opens_with_everything_in_it()
    {
        var tokens = new SessionToken(MasterKey.Ephemeral());
        var session = Session();
        var made = tokens.Seal(session);
        var opened = Assert.IsType<OpenedSession.Valid>(tokens.Open(session.AccessKeyId, Text(made.Token), Now));
        Assert.Equal(Text(made.SecretAccessKey), opened.SecretAccessKey);
        Assert.Equal(session.Tags, opened.Session.Tags);
        Assert.Equal(session.PolicyArns, opened.Session.PolicyArns);
        Assert.Equal(session.WebIdentityKeys, opened.Session.WebIdentityKeys);
        Assert.Equal(session.ToString().Replace("System.Collections", "", StringComparison.Ordinal), opened.Session.ToString().Replace("System.Collections", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_token_that_was_changed_anywhere_does_not_open()
    {
        var tokens = new SessionToken(MasterKey.Ephemeral());
        var session = Session();
        var token = Text(tokens.Seal(session).Token);
        Gen.Select(Gen.Int[0, token.Length - 1], Gen.Char['A', 'Z']).Sample((at, letter) =>
        {
            if (token[at] == letter)
            {
                return;
            }

            var changed = token[..at] + letter + token[(at + 1)..];
            Assert.IsType<OpenedSession.Invalid>(tokens.Open(session.AccessKeyId, changed, Now));
        });
        Assert.IsType<OpenedSession.Invalid>(tokens.Open(session.AccessKeyId, token[..^4], Now));
        Assert.IsType<OpenedSession.Invalid>(tokens.Open(session.AccessKeyId, "", Now));
    }

    [Fact]
    public void Tokens_are_refused_when_expired_foreign_or_under_another_key()
    {
        var tokens = new SessionToken(MasterKey.Ephemeral());
        var session = Session();
        var token = Text(tokens.Seal(session).Token);
        Assert.IsType<OpenedSession.Expired>(tokens.Open(session.AccessKeyId, token, session.Expires));
        Assert.IsType<OpenedSession.Invalid>(new SessionToken(MasterKey.Ephemeral()).Open(session.AccessKeyId, token, Now));
        var other = Assert.IsType<OpenedSession.Invalid>(tokens.Open(AccessKeyId.New("ASIA", session.Account), token, Now));
        Assert.Contains("was presented with", other.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_outlives_the_rotation_of_its_key()
    {
        var tokens = new SessionToken(MasterKey.Ephemeral());
        var session = Session() with { Expires = Now.AddDays(40) };
        Assert.IsType<OpenedSession.Valid>(tokens.Open(session.AccessKeyId, Text(tokens.Seal(session).Token), Now.AddDays(35)));
    }

    [Fact]
    public void A_secret_has_forty_letters_and_digits()
    {
        var tokens = new SessionToken(MasterKey.Ephemeral());
        for (var i = 0; i < 100; i++)
        {
            Assert.Matches("^[A-Za-z0-9]{40}$", Text(tokens.Seal(Session()).SecretAccessKey));
        }
    }

    [Fact]
    public void A_session_of_any_size_round_trips()
    {
        var tokens = new SessionToken(MasterKey.Ephemeral());
        var large = Session() with { Policy = new string('p', 2048), Tags = [.. Enumerable.Range(0, 50).Select(i => KeyValuePair.Create("k" + i, new string('v', 60)))] };
        var opened = Assert.IsType<OpenedSession.Valid>(tokens.Open(large.AccessKeyId, Text(tokens.Seal(large).Token), Now));
        Assert.Equal(large.Tags, opened.Session.Tags);
    }

    [Theory]
    [InlineData("ASIAQNZGKIQY56JQ7WML", "029608264753")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", null)]
    [InlineData("short", null)]
    public void An_access_key_id_tells_its_account(string id, string? account) => Assert.Equal(account, AccessKeyId.AccountOf(id));

    [Fact]
    public void Every_account_survives_its_key_id() =>
        Gen.Long[0, 999_999_999_999].Sample(number =>
        {
            var account = number.ToString("D12");
            var id = AccessKeyId.New("ASIA", account);
            Assert.Matches("^ASIA[A-Z2-7]{16}$", id);
            Assert.Equal(account, AccessKeyId.AccountOf(id));
        });
}
