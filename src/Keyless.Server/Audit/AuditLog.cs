using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Tasks.Sources;
using Keyless.Server.Storage;

namespace Keyless.Server.Audit;

/// <summary>How the audit log is kept.</summary>
internal sealed record AuditOptions
{
    /// <summary>How long a decision stays; zero for ever.</summary>
    public TimeSpan Retention { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the lines of <see cref="IAuditEntry.WriteLine"/> go.</summary>
    public LineLogger? Lines { get; init; }
}

/// <summary>
/// The audit store: every decision, durable before its answer leaves. One thread writes whatever has gathered in one transaction, so
/// that the cost of making it durable is shared.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    public const string FileName = "audit.db";

    /// <summary>Bytes after which a batch is full.</summary>
    private const int FullBatch = 1 << 20;

    private const int SmallestShare = 4;

    /// <summary>More batches than come with one commit, so that what is due to go gets less.</summary>
    private const int RemovedAtOnce = 8;

    // A monitor rather than a lock: the writer waits on it, without spinning.
    private readonly object _gate = new();
    private readonly AuditTable _table;
    private readonly AuditOptions _options;
    private readonly Stack<Pending> _idle = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Pending> _waiting = [];
    private bool _closing;

    private AuditLog(string source, AuditOptions options)
    {
        _table = new AuditTable(source);
        _options = options;
        Source = source;
        new Thread(WriteLoop) { IsBackground = true, Name = "audit" }.Start();
    }

    /// <summary>The connection string's data source, for readers of the same store.</summary>
    public string Source { get; }

    /// <summary>Told every record as it comes, before it is durable; must return at once.</summary>
    public Action<DecisionRecord>? Recorded { get; set; }

    /// <summary>Opens or creates the store of a data folder; without a folder it lives in memory, as long as the process.</summary>
    public static AuditLog Open(string? folder) => Open(folder, new AuditOptions());

    internal static AuditLog Open(string? folder, AuditOptions options)
    {
        if (folder is null)
        {
            return new AuditLog($"file:audit-{Guid.NewGuid():N}?mode=memory&cache=shared", options);
        }

        Directory.CreateDirectory(folder);
        var source = Path.Combine(folder, FileName);

        // SQLite gives its journal files the mode of the database, so that one decides.
        PrivateFile.Touch(source);
        return new AuditLog(source, options);
    }

    /// <summary>Completes when the record is durable; fails when it cannot be made so, and then nothing may be answered.</summary>
    public ValueTask Append(IAuditEntry entry)
    {
        if (Recorded is { } told && entry is DecisionRecord record)
        {
            told(record);
        }

        Pending pending;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            pending = _idle.Count > 0 ? _idle.Pop() : new Pending(this);
            pending.Entry = entry;
            _waiting.Add(pending);
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_gate);
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
            Monitor.Pulse(_gate);
        }

        await _stopped.Task;
        _table.Dispose();
    }

    private void WriteLoop()
    {
        var buffer = new ArrayBufferWriter<byte>(64 << 10);
        using var json = new Utf8JsonWriter(buffer, CloudTrail.Options);
        var group = new List<Pending>();
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0 && !_closing)
                {
                    Monitor.Wait(_gate);
                }
            }

            // Where processors are short, those who are about to append go first, and one commit serves three times as many of them. Where
            // one is free this takes no time.
            Thread.Yield();
            lock (_gate)
            {
                (group, _waiting) = (_waiting, group);
            }

            if (group.Count == 0)
            {
                _stopped.SetResult();
                return;
            }

            for (var start = 0; start < group.Count; start += AuditTable.LargestBatch)
            {
                WriteGroup(CollectionsMarshal.AsSpan(group).Slice(start, Math.Min(AuditTable.LargestBatch, group.Count - start)), buffer, json);
            }

            group.Clear();
        }
    }

    private void WriteGroup(ReadOnlySpan<Pending> group, ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        Exception? failure = null;
        try
        {
            var now = _options.Clock.GetUtcNow();
            var count = 0;
            buffer.ResetWrittenCount();
            _table.Begin();
            foreach (var pending in group)
            {
                json.Reset(buffer);
                CloudTrail.Write(json, pending.Entry!);
                json.Flush();
                buffer.Write("\n"u8);
                count++;
                if (buffer.WrittenCount >= FullBatch)
                {
                    _table.Insert(now, count, buffer.WrittenSpan);
                    buffer.ResetWrittenCount();
                    count = 0;
                }
            }

            if (count > 0)
            {
                _table.Insert(now, count, buffer.WrittenSpan);
            }

            if (_options.Retention > TimeSpan.Zero)
            {
                _table.RemoveBefore(now - _options.Retention, RemovedAtOnce);
            }

            _table.Commit();
        }
        catch (Exception fault)
        {
            failure = fault;
            _table.Rollback();
        }

        if (_options.Lines is not null && failure is null)
        {
            WriteLines(group);
        }

        // Each processor goes on with its share of the requests, one after the other: to wake a worker for each costs more than most
        // of them have left to do.
        var share = Math.Max((group.Length + Environment.ProcessorCount - 1) / Environment.ProcessorCount, SmallestShare);
        for (var start = 0; start < group.Length; start += share)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Completion(group.Slice(start, Math.Min(share, group.Length - start)).ToArray(), failure), preferLocal: false);
        }
    }

    private void WriteLines(ReadOnlySpan<Pending> group)
    {
        Span<char> line = stackalloc char[2048];
        foreach (var pending in group)
        {
            if (pending.Entry!.WriteLine(line) is > 0 and var length)
            {
                _options.Lines!.Information(line[..length]);
            }
        }
    }

    private void Return(Pending pending)
    {
        lock (_gate)
        {
            if (_idle.Count < AuditTable.LargestBatch)
            {
                _idle.Push(pending);
            }
        }
    }

    /// <summary>Lets those who wait for a part of a group go on.</summary>
    private sealed class Completion(Pending[] part, Exception? failure) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var pending in part)
            {
                pending.Complete(failure);
            }
        }
    }

    /// <summary>An entry on its way, used again after each. Who waits for it goes on where it is completed.</summary>
    private sealed class Pending(AuditLog log) : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _core;

        public IAuditEntry? Entry { get; set; }

        public ValueTask Task => new(this, _core.Version);

        public void Complete(Exception? failure)
        {
            Entry = null;
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
