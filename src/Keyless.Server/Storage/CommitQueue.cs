using System.Collections.Concurrent;

namespace Keyless.Server.Storage;

/// <summary>
/// Group commit: writes that wait for each other anyway share one transaction and so one sync of the disk. Each runs in a savepoint of
/// its own, so that one that fails takes no other with it. A finished task means durable.
/// </summary>
internal sealed class CommitQueue : IDisposable
{
    private const int MaxBatch = 256;

    private readonly BlockingCollection<Job> _jobs = new(new ConcurrentQueue<Job>(), boundedCapacity: 4096);
    private readonly Db _db;
    private readonly Thread _thread;

    public CommitQueue(Db db)
    {
        _db = db;
        _thread = new Thread(Work) { IsBackground = true, Name = "commit" };
        _thread.Start();
    }

    public Task<T> Run<T>(Func<Statements, T> work)
    {
        var job = new Job<T>(work);
        _jobs.Add(job);
        return job.Task;
    }

    /// <summary>Finishes what was queued.</summary>
    public void Dispose()
    {
        _jobs.CompleteAdding();
        _thread.Join();
        _jobs.Dispose();
    }

    private void Work()
    {
        using var statements = new Statements(_db.Connection);
        var batch = new List<Job>(MaxBatch);
        while (!_jobs.IsCompleted)
        {
            if (!_jobs.TryTake(out var first, Timeout.Infinite))
            {
                continue;
            }

            batch.Add(first);
            while (batch.Count < MaxBatch && _jobs.TryTake(out var next))
            {
                batch.Add(next);
            }

            Commit(statements, batch);
            batch.Clear();
        }
    }

    private void Commit(Statements statements, List<Job> batch)
    {
        try
        {
            _db.Read(_ =>
            {
                statements.Run("begin immediate");
                try
                {
                    foreach (var job in batch)
                    {
                        statements.Run("savepoint job");
                        if (!job.TryWork(statements))
                        {
                            statements.Run("rollback to job");
                        }

                        statements.Run("release job");
                    }

                    statements.Run("commit");
                }
                catch
                {
                    statements.Run("rollback");
                    throw;
                }

                return 0;
            });
        }
        catch (Exception fault)
        {
            foreach (var job in batch)
            {
                job.Fail(fault);
            }

            return;
        }

        foreach (var job in batch)
        {
            job.Finish();
        }
    }

    private abstract class Job
    {
        /// <summary>False when it threw: its own caller gets the exception.</summary>
        public abstract bool TryWork(Statements statements);

        public abstract void Finish();

        public abstract void Fail(Exception fault);
    }

    private sealed class Job<T>(Func<Statements, T> work) : Job
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _fault;

        public Task<T> Task => _done.Task;

        public override bool TryWork(Statements statements)
        {
            try
            {
                _result = work(statements);
                return true;
            }
            catch (Exception fault)
            {
                _fault = fault;
                return false;
            }
        }

        public override void Finish()
        {
            if (_fault is null)
            {
                _done.TrySetResult(_result!);
            }
            else
            {
                _done.TrySetException(_fault);
            }
        }

        public override void Fail(Exception fault) => _done.TrySetException(_fault ?? fault);
    }
}
