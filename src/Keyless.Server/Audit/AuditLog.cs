using System.Buffers;
using System.Text.Json;
using System.Threading.Tasks.Sources;
using Microsoft.Data.Sqlite;

namespace Keyless.Server.Audit;

/// <summary>
/// The audit store: every decision, durable before its answer leaves. One thread writes whatever has gathered in one transaction, so
/// that the cost of making it durable is shared.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    public const string FileName = "audit.db";

    private const int LargestGroup = 1024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SqliteConnection _connection;
    private readonly Thread _writer;
    private readonly Stack<Pending> _idle = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Pending> _waiting = [];
    private bool _closing;

    private AuditLog(SqliteConnection connection, string source)
    {
        _connection = connection;
        Source = source;
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "audit" };
        _writer.Start();
    }

    /// <summary>The connection string's data source, for readers of the same store.</summary>
    public string Source { get; }

    /// <summary>Opens or creates the store of a data folder; without a folder it lives in memory, as long as the process.</summary>
    public static AuditLog Open(string? folder)
    {
        var source = folder is null ? $"file:audit-{Guid.NewGuid():N}?mode=memory&cache=shared" : Path.Combine(folder, FileName);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            CreatePrivate(source);
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Pooling = false }.ToString());
        connection.Open();
        using var schema = connection.CreateCommand();
        schema.CommandText = """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS decisions (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL,
                at INTEGER NOT NULL,
                source TEXT NOT NULL,
                name TEXT NOT NULL,
                account TEXT,
                principal TEXT,
                resource TEXT,
                allowed INTEGER NOT NULL,
                code TEXT,
                record BLOB NOT NULL
            ) STRICT;
            CREATE INDEX IF NOT EXISTS decisions_id ON decisions (id);
            """;
        schema.ExecuteNonQuery();
        return new AuditLog(connection, source);
    }

    /// <summary>Told every record as it comes, before it is durable; must return at once.</summary>
    public Action<DecisionRecord>? Recorded { get; set; }

    /// <summary>Completes when the record is durable; fails when it cannot be made so, and then nothing may be answered.</summary>
    public ValueTask Append(DecisionRecord record)
    {
        Recorded?.Invoke(record);
        Pending pending;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            pending = _idle.Count > 0 ? _idle.Pop() : new Pending(this);
            pending.Record = record;
            _waiting.Add(pending);
            if (_waiting.Count == 1)
            {
                _wake.Release();
            }
        }

        return pending.Task;
    }

    /// <summary>Writes what is waiting, then closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            _wake.Release();
        }

        await _stopped.Task;
        await _connection.DisposeAsync();
        _wake.Dispose();
    }

    private void WriteLoop()
    {
        var insert = _connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO decisions (id, at, source, name, account, principal, resource, allowed, code, record)
            VALUES ($id, $at, $source, $name, $account, $principal, $resource, $allowed, $code, $record)
            """;
        var row = new Row(insert);
        insert.Prepare();
        var buffer = new ArrayBufferWriter<byte>(8192);
        using var json = new Utf8JsonWriter(buffer, CloudTrail.Options);
        var group = new List<Pending>();
        while (true)
        {
            _wake.Wait();
            bool closing;
            lock (_gate)
            {
                (group, _waiting) = (_waiting, group);
                closing = _closing;
            }

            WriteGroup(group, row, buffer, json);
            group.Clear();
            if (closing && _waiting.Count == 0)
            {
                insert.Dispose();
                _stopped.SetResult();
                return;
            }
        }
    }

    private void WriteGroup(List<Pending> group, Row row, ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        for (var start = 0; start < group.Count; start += LargestGroup)
        {
            var part = group.GetRange(start, Math.Min(LargestGroup, group.Count - start));
            Exception? failure = null;
            try
            {
                using var transaction = _connection.BeginTransaction();
                row.Insert.Transaction = transaction;
                foreach (var pending in part)
                {
                    buffer.ResetWrittenCount();
                    json.Reset(buffer);
                    CloudTrail.Write(json, pending.Record!);
                    json.Flush();
                    row.Write(pending.Record!, buffer.WrittenSpan);
                }

                transaction.Commit();
            }
            catch (Exception fault)
            {
                failure = fault;
            }

            foreach (var pending in part)
            {
                pending.Complete(failure);
            }
        }
    }

    /// <summary>SQLite gives its journal files the mode of the database, so that one decides.</summary>
    private static void CreatePrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(path, options).Dispose();
    }

    private void Return(Pending pending)
    {
        lock (_gate)
        {
            if (_idle.Count < LargestGroup)
            {
                _idle.Push(pending);
            }
        }
    }

    /// <summary>The prepared statement's parameters, set in place.</summary>
    private sealed class Row(SqliteCommand insert)
    {
        private readonly SqliteParameter _id = Add(insert, "$id");
        private readonly SqliteParameter _at = Add(insert, "$at");
        private readonly SqliteParameter _source = Add(insert, "$source");
        private readonly SqliteParameter _name = Add(insert, "$name");
        private readonly SqliteParameter _account = Add(insert, "$account");
        private readonly SqliteParameter _principal = Add(insert, "$principal");
        private readonly SqliteParameter _resource = Add(insert, "$resource");
        private readonly SqliteParameter _allowed = Add(insert, "$allowed");
        private readonly SqliteParameter _code = Add(insert, "$code");
        private readonly SqliteParameter _record = Add(insert, "$record");

        public SqliteCommand Insert => insert;

        public void Write(DecisionRecord record, ReadOnlySpan<byte> json)
        {
            _id.Value = record.Id;
            _at.Value = record.At.ToUnixTimeMilliseconds();
            _source.Value = record.EventSource;
            _name.Value = record.EventName;
            _account.Value = (object?)record.Account ?? DBNull.Value;
            _principal.Value = (object?)(record.Identity.Arn ?? record.Identity.UserName ?? record.Identity.PrincipalId) ?? DBNull.Value;
            _resource.Value = record.Resources.IsEmpty ? DBNull.Value : record.Resources[0].Arn;
            _allowed.Value = record.Allowed ? 1 : 0;
            _code.Value = (object?)record.ErrorCode ?? DBNull.Value;
            _record.Value = json.ToArray();
            insert.ExecuteNonQuery();
        }

        private static SqliteParameter Add(SqliteCommand command, string name)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
            return parameter;
        }
    }

    /// <summary>A record on its way, used again after each.</summary>
    private sealed class Pending(AuditLog log) : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

        public DecisionRecord? Record { get; set; }

        public ValueTask Task => new(this, _core.Version);

        public void Complete(Exception? failure)
        {
            Record = null;
            if (failure is null)
            {
                _core.SetResult(true);
            }
            else
            {
                _core.SetException(new IOException("the audit record could not be made durable: " + failure.Message, failure));
            }
        }

        public void GetResult(short token)
        {
            try
            {
                _core.GetResult(token);
            }
            finally
            {
                _core.Reset();
                log.Return(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
