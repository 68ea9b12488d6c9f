using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Keyless.Server.Aws;
using Keyless.Server.Secrets;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Storage;

/// <summary>
/// IAM's state: an immutable snapshot for readers, and one writer at a time whose changes are in SQLite before they are in the
/// snapshot, so that an acknowledged change is never lost and an unacknowledged one never seen.
/// </summary>
public sealed class IamStore
{
    private const string ProofPurpose = "proof of the master key";

    private readonly Db _db;
    private readonly MasterKey _master;
    private readonly Lock _writing = new();
    private IamState _state;

    /// <exception cref="InvalidDataException">The rows were encrypted under another master key.</exception>
    public IamStore(Db db, MasterKey master)
    {
        _db = db;
        _master = master;
        db.Write(Prove);
        _state = db.Read(Load);
    }

    public IamState State => Volatile.Read(ref _state);

    /// <summary>Runs one change. What it puts and removes becomes durable and visible together when it returns.</summary>
    public T Write<T>(Func<IamTransaction, T> change)
    {
        lock (_writing)
        {
            var transaction = new IamTransaction(_state, _master);
            var result = change(transaction);
            if (transaction.Rows.Count > 0)
            {
                _db.Write(sql =>
                {
                    foreach (var row in transaction.Rows)
                    {
                        Apply(sql, row);
                    }
                });
                Volatile.Write(ref _state, transaction.State);
            }

            return result;
        }
    }

    // A server that went on with another key would answer every user with a signature that does not match.
    private void Prove(SqliteTransaction sql)
    {
        using var command = sql.Connection!.CreateCommand();
        command.Transaction = sql;
        command.CommandText = "select proof from master_key";
        if (command.ExecuteScalar() is not byte[] proof)
        {
            command.CommandText = "insert into master_key (proof) values ($proof)";
            command.Parameters.AddWithValue("$proof", _master.Protect(ProofPurpose, []));
            command.ExecuteNonQuery();
        }
        else if (_master.Unprotect(ProofPurpose, proof) is null)
        {
            throw new InvalidDataException(
                $"`{sql.Connection.DataSource}` was written under another master key: restore `master.key` beside it from a backup, or give another folder with `--data`");
        }
    }

    private static void Apply(SqliteTransaction sql, IamRow row)
    {
        using var command = sql.Connection!.CreateCommand();
        command.Transaction = sql;
        command.Parameters.AddWithValue("$account", row.Account);
        command.Parameters.AddWithValue("$kind", row.Kind);
        command.Parameters.AddWithValue("$name", row.Name);
        if (row.Document is null)
        {
            command.CommandText = "delete from iam_entity where account = $account and kind = $kind and name = $name";
        }
        else
        {
            command.CommandText = """
                insert into iam_entity (account, kind, name, document) values ($account, $kind, $name, $document)
                on conflict (account, kind, name) do update set document = excluded.document
                """;
            command.Parameters.AddWithValue("$document", row.Document);
        }

        command.ExecuteNonQuery();
    }

    private IamState Load(SqliteConnection connection)
    {
        using var query = connection.CreateCommand();
        query.CommandText = "select account, kind, name, document from iam_entity";
        using var rows = query.ExecuteReader();
        var loading = new IamTransaction(new IamState(), _master);
        while (rows.Read())
        {
            loading.Load(new IamRow(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3)));
        }

        return loading.State;
    }
}

/// <summary>One row of <c>iam_entity</c> to be written; without a document, to be deleted.</summary>
internal sealed record IamRow(string Account, string Kind, string Name, string? Document);

/// <summary>A change in the making: the state as it will be, and the rows that make it durable.</summary>
public sealed class IamTransaction
{
    private const string SecretPurpose = "iam access key secret";

    private readonly MasterKey _master;

    internal IamTransaction(IamState state, MasterKey master)
    {
        State = state;
        _master = master;
    }

    public IamState State { get; private set; }

    internal List<IamRow> Rows { get; } = [];

    public void Put(Identity identity)
    {
        switch (identity)
        {
            case Role role:
                Put(role);
                break;
            case User user:
                Put(user);
                break;
            case Group group:
                Put(group);
                break;
        }
    }

    public void Put(Role role)
    {
        Rows.Add(new(role.Account, "role", Key(role.Name), JsonSerializer.Serialize(role, IamJson.Default.Role)));
        Set(role);
    }

    public void Remove(Role role)
    {
        Rows.Add(new(role.Account, "role", Key(role.Name), null));
        Change(role.Account, account => account with { Roles = account.Roles.Remove(role.Name) });
        RenamePrincipal(role.Arn, role.Id);
    }

    public void Put(User user)
    {
        Rows.Add(new(user.Account, "user", Key(user.Name), JsonSerializer.Serialize(user, IamJson.Default.User)));
        Set(user);
    }

    public void Remove(User user)
    {
        Rows.Add(new(user.Account, "user", Key(user.Name), null));
        Change(user.Account, account => account with { Users = account.Users.Remove(user.Name) });
        RenamePrincipal(user.Arn, user.Id);
    }

    /// <summary>The user under another name or path; its id and those who trust it stay.</summary>
    public void Rename(User user, User renamed)
    {
        Remove(user);
        Put(renamed);
        RenamePrincipal(user.Id, renamed.Arn);
    }

    public void Put(Group group)
    {
        Rows.Add(new(group.Account, "group", Key(group.Name), JsonSerializer.Serialize(group, IamJson.Default.Group)));
        Set(group);
    }

    public void Remove(Group group)
    {
        Rows.Add(new(group.Account, "group", Key(group.Name), null));
        Change(group.Account, account => account with { Groups = account.Groups.Remove(group.Name) });
    }

    public void Put(ManagedPolicy policy)
    {
        Rows.Add(new(policy.Account, "policy", policy.Arn, JsonSerializer.Serialize(policy, IamJson.Default.ManagedPolicy)));
        Set(policy);
    }

    public void Remove(ManagedPolicy policy)
    {
        Rows.Add(new(policy.Account, "policy", policy.Arn, null));
        Change(policy.Account, account => account with { Policies = account.Policies.Remove(policy.Arn) });
    }

    public void Put(OidcProvider provider)
    {
        Rows.Add(new(provider.Account, "provider", provider.Arn, JsonSerializer.Serialize(provider, IamJson.Default.OidcProvider)));
        Set(provider);
    }

    public void Remove(OidcProvider provider)
    {
        Rows.Add(new(provider.Account, "provider", provider.Arn, null));
        Change(provider.Account, account => account with { Providers = account.Providers.Remove(provider.Arn) });
    }

    public void Put(AccessKey key)
    {
        // Ids are unique across accounts, rows are not.
        if (State.AccessKeys.TryGetValue(key.Id, out var present) && present.Account != key.Account)
        {
            Remove(present);
        }

        var secret = _master.Protect(SecretPurpose, Encoding.UTF8.GetBytes($"{key.Id} {key.Secret.Value}"));
        var row = new AccessKeyRow(key.Id, key.Account, key.UserName, secret, key.Active, key.CreatedAt);
        Rows.Add(new(key.Account, "access-key", key.Id, JsonSerializer.Serialize(row, IamJson.Default.AccessKeyRow)));
        State = State with { AccessKeys = State.AccessKeys.SetItem(key.Id, key) };
    }

    public void Remove(AccessKey key)
    {
        Rows.Add(new(key.Account, "access-key", key.Id, null));
        State = State with { AccessKeys = State.AccessKeys.Remove(key.Id) };
    }

    internal void Load(IamRow row)
    {
        switch (row.Kind)
        {
            case "role":
                Set(Read(row, IamJson.Default.Role));
                break;
            case "user":
                Set(Read(row, IamJson.Default.User));
                break;
            case "group":
                Set(Read(row, IamJson.Default.Group));
                break;
            case "policy":
                Set(Read(row, IamJson.Default.ManagedPolicy));
                break;
            case "provider":
                Set(Read(row, IamJson.Default.OidcProvider));
                break;
            case "access-key":
                var key = Read(row, IamJson.Default.AccessKeyRow);
                // The id is sealed with the secret, so that rows cannot be given each other's.
                var plain = _master.Unprotect(SecretPurpose, key.Secret) is { } bytes ? Encoding.UTF8.GetString(bytes).Split(' ', 2) : null;
                var secret = plain is [var id, var value] && id == key.Id ? value : throw new InvalidDataException($"the secret of access key `{key.Id}` cannot be opened: is `master.key` of this data folder?");
                State = State with
                {
                    AccessKeys = State.AccessKeys.SetItem(
                        key.Id, new AccessKey(key.Id, key.Account, key.UserName, new Secret(secret), key.Active, key.CreatedAt)),
                };
                break;
        }
    }

    /// <summary>
    /// Trust policies mean a user or role by its id, as IAM does: of one that is gone they show that, and another of the same name is not
    /// trusted. IAM User Guide, "AWS JSON policy elements: Principal".
    /// </summary>
    private void RenamePrincipal(string from, string to)
    {
        foreach (var role in State.Accounts.Values.SelectMany(account => account.Roles.Values).ToArray())
        {
            if (role.TrustPolicy.WithPrincipal(from, to) is var changed && changed != role.TrustPolicy)
            {
                Put(role with { TrustPolicy = changed });
            }
        }
    }

    // Names of roles, users and groups are unique without case.
    private static string Key(string name) => name.ToLowerInvariant();

    private static T Read<T>(IamRow row, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(row.Document!, type) ?? throw new InvalidDataException($"{row.Kind} `{row.Name}` of account {row.Account} is empty");

    private void Set(Role role) => Change(role.Account, account => account with { Roles = account.Roles.SetItem(role.Name, role) });

    private void Set(User user) => Change(user.Account, account => account with { Users = account.Users.SetItem(user.Name, user) });

    private void Set(Group group) => Change(group.Account, account => account with { Groups = account.Groups.SetItem(group.Name, group) });

    private void Set(ManagedPolicy policy) =>
        Change(policy.Account, account => account with { Policies = account.Policies.SetItem(policy.Arn, policy) });

    private void Set(OidcProvider provider) =>
        Change(provider.Account, account => account with { Providers = account.Providers.SetItem(provider.Arn, provider) });

    private void Change(string id, Func<IamAccount, IamAccount> change) =>
        State = State with { Accounts = State.Accounts.SetItem(id, change(State.Account(id))) };
}

/// <summary>An access key as its row has it: the secret sealed.</summary>
internal sealed record AccessKeyRow(string Id, string Account, string UserName, byte[] Secret, bool Active, DateTimeOffset CreatedAt);

/// <summary>The JSON of rows, generated at compile time.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Role))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Group))]
[JsonSerializable(typeof(ManagedPolicy))]
[JsonSerializable(typeof(OidcProvider))]
[JsonSerializable(typeof(AccessKeyRow))]
internal sealed partial class IamJson : JsonSerializerContext;
