using CsCheck;
using Keyless.Server.Aws;
using Keyless.Server.Secrets;
using Keyless.Server.Storage;
using Xunit;

namespace Keyless.Tests.Iam;

/// <summary>The IAM store against a model: plain sorted lists. After every change, and again after a restart, both say the same.</summary>
public sealed class IamStoreTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private static readonly Gen<Change> Changes = Gen.OneOf(
        Gen.Select(OneOf("a", "A", "b", "c"), OneOf("1", "2"), Gen.Int[0, 3]).Select((name, account, version) => (Change)new PutRole(name, account, version)),
        Gen.Select(OneOf("a", "B", "c"), OneOf("1", "2")).Select((name, account) => (Change)new RemoveRole(name, account)),
        Gen.Select(OneOf("u", "v"), OneOf("1", "2"), OneOf("K1", "K2", "K3")).Select((name, account, key) => (Change)new PutKey(name, account, key)),
        OneOf("K1", "K2").Select(key => (Change)new RemoveKey(key)),
        Gen.Select(OneOf("https://x.example/a", "https://x.example/a/"), OneOf("1", "2")).Select((issuer, account) => (Change)new PutProvider(issuer, account)));

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(at => words[at]);

    private abstract record Change;

    private sealed record PutRole(string Name, string Account, int Version) : Change;

    private sealed record RemoveRole(string Name, string Account) : Change;

    private sealed record PutKey(string User, string Account, string Id) : Change;

    private sealed record RemoveKey(string Id) : Change;

    private sealed record PutProvider(string Issuer, string Account) : Change;

    [Fact]
    public void The_store_is_its_model_also_after_a_restart() =>
        Changes.List[1, 25].Sample(
            changes =>
            {
                var folder = Directory.CreateTempSubdirectory("keyless-model-").FullName;
                try
                {
                    var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
                    var master = MasterKey.OfFolder(folder);
                    using (var db = Db.Open(Path.Combine(folder, "iam.db"), "Iam"))
                    {
                        var store = new IamStore(db, master);
                        foreach (var change in changes)
                        {
                            store.Write(transaction => Apply(transaction, change));
                            Apply(model, change);
                            Assert.Equal(model, Seen(store.State));
                        }
                    }

                    using (var db = Db.Open(Path.Combine(folder, "iam.db"), "Iam"))
                    {
                        Assert.Equal(model, Seen(new IamStore(db, master).State));
                    }
                }
                finally
                {
                    Directory.Delete(folder, recursive: true);
                }
            },
            iter: 40);

    [Fact]
    public void A_snapshot_never_changes_under_its_reader()
    {
        var folder = Directory.CreateTempSubdirectory("keyless-model-").FullName;
        using (var db = Db.Open(Path.Combine(folder, "iam.db"), "Iam"))
        {
            var store = new IamStore(db, MasterKey.Ephemeral());
            var before = store.State;
            store.Write(transaction => Apply(transaction, new PutRole("a", "1", 0)));
            Assert.Empty(before.Accounts);
            Assert.Single(store.State.Accounts);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static bool Apply(IamTransaction transaction, Change change)
    {
        switch (change)
        {
            case PutRole put:
                transaction.Put(new Role
                {
                    Account = Account(put.Account),
                    Name = put.Name,
                    Id = $"AROA{put.Version}",
                    CreatedAt = Now,
                    TrustPolicy = new StoredPolicy("{}"),
                    Tags = [new Tag("v", $"{put.Version}")],
                    AttachedPolicies = ["arn:aws:iam::aws:policy/AdministratorAccess"],
                });
                break;
            case RemoveRole remove when transaction.State.Account(Account(remove.Account)).Roles.TryGetValue(remove.Name, out var role):
                transaction.Remove(role);
                break;
            case PutKey put:
                transaction.Put(new AccessKey(put.Id, Account(put.Account), put.User, new Secret($"secret of {put.User}"), Active: true, Now));
                break;
            case RemoveKey remove when transaction.State.AccessKeys.TryGetValue(remove.Id, out var key):
                transaction.Remove(key);
                break;
            case PutProvider put:
                transaction.Put(new OidcProvider { Account = Account(put.Account), Issuer = put.Issuer, ClientIds = ["c"], CreatedAt = Now });
                break;
        }

        return true;
    }

    // The model keeps the last spelling of a name, as the store must.
    private static void Apply(SortedDictionary<string, string> model, Change change)
    {
        switch (change)
        {
            case PutRole put:
                model[$"role {put.Account} {put.Name.ToLowerInvariant()}"] = $"{put.Name} {put.Version}";
                break;
            case RemoveRole remove:
                model.Remove($"role {remove.Account} {remove.Name.ToLowerInvariant()}");
                break;
            case PutKey put:
                model["key " + put.Id] = $"{put.Account} {put.User} secret of {put.User}";
                break;
            case RemoveKey remove:
                model.Remove("key " + remove.Id);
                break;
            case PutProvider put:
                model[$"provider {put.Account} {put.Issuer}"] = "c";
                break;
        }
    }

    private static SortedDictionary<string, string> Seen(IamState state)
    {
        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var account in state.Accounts.Values)
        {
            foreach (var role in account.Roles.Values)
            {
                seen[$"role {account.Id[^1]} {role.Name.ToLowerInvariant()}"] = $"{role.Name} {role.Tags[0].Value}";
            }

            foreach (var provider in account.Providers.Values)
            {
                seen[$"provider {account.Id[^1]} {provider.Issuer}"] = string.Join(',', provider.ClientIds);
            }
        }

        foreach (var key in state.AccessKeys.Values)
        {
            seen["key " + key.Id] = $"{key.Account[^1]} {key.UserName} {key.Secret.Value}";
        }

        return seen;
    }

    private static string Account(string last) => "00000000000" + last;
}
