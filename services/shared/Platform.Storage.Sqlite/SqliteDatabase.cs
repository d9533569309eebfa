using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>
/// One SQLite file: WAL, synchronous=NORMAL (a commit survives the process, not a power cut of the machine), one writer,
/// any number of readers, one process, which a lock file beside it holds. SQLite's calls block, and take microseconds; they run on
/// the caller's thread.
/// </summary>
/// <remarks>
/// As nobody else writes, commits are counted here: a reader whose snapshot shows them all reads from it again.
/// </remarks>
public sealed class SqliteDatabase : IDisposable
{
    // SQLITE_DBCONFIG_ENABLE_QPSG, which the bindings have no name for
    private const int StablePlans = 1007;

    private const int BusyTimeoutMs = 5000;

    // https://sqlite.org/rescode.html: SQLITE_FULL
    private const int FullCode = 13;

    // 16 MiB of log: what is written several times in it is copied to the file once
    private const int CheckpointPages = 4096;

    // some milliseconds of writes: what comes in between waits for it
    private const int MaxBatch = 128;

    // commits after which readers at rest let go of old snapshots: the log grows by no more than what these wrote
    private const int SweepEvery = 16;

    private static readonly ActivitySource Spans = new("Platform.Storage.Sqlite");

    private readonly string _connectionString;
    private readonly FileStream _lock;
    private readonly ConcurrentQueue<SqliteSession> _opened = new();
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly ConcurrentQueue<PendingWrite> _pending = new();
    private readonly Lock _writing = new();
    private readonly SqliteSession _writer;
    private volatile bool _disposed;
    private long _commits;

    static SqliteDatabase() => SqliteLibrary.Configure();

    /// <summary>Opens or makes the file and brings its schema up to date.</summary>
    /// <param name="path">The file; its folder is made if missing.</param>
    /// <param name="migrations">
    /// The schema's history. Each entry runs once, in order, in a transaction; <c>PRAGMA user_version</c> counts those that
    /// ran. Entries are never changed once released.
    /// </param>
    /// <exception cref="InvalidOperationException">The file was written by a newer build, or another process has it.</exception>
    public SqliteDatabase(string path, IReadOnlyList<string> migrations)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            // sessions are pooled here, with their prepared commands
            Pooling = false,
            DefaultTimeout = BusyTimeoutMs / 1000,
        }.ToString();
        _lock = Lock(path);
        _writer = Open();
        Migrate(path, migrations);
    }

    /// <summary>Runs a read on a consistent snapshot, which shows every write that was acknowledged before.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.StoreUnavailable"/>.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<T>(cancellationToken)
            : Task.FromResult(Read(read, static (session, read) => read(session)));

    /// <summary>The same for what runs on every call: makes no object of its own.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.StoreUnavailable"/>.</exception>
    public ValueTask<T> ReadAsync<TArgument, T>(
        TArgument argument,
        Func<SqliteSession, TArgument, T> read,
        CancellationToken cancellationToken
    ) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<T>(cancellationToken)
            : ValueTask.FromResult(Read(argument, read));

    /// <summary>
    /// Runs a write as one step: all of it is stored when this returns, or nothing. Writes that come while another is under way
    /// wait, and are then committed together, as a commit costs more than most writes do; each still stands or falls alone.
    /// </summary>
    /// <param name="write">Runs on the thread of whoever commits; called once.</param>
    /// <param name="cancellationToken">Takes it back while it waits.</param>
    /// <exception cref="DomainException"><see cref="ErrorReason.StoreUnavailable"/> or <see cref="ErrorReason.StoreFull"/>.</exception>
    public async Task<T> WriteAsync<T>(
        Func<SqliteSession, T> write,
        CancellationToken cancellationToken
    )
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var span = StartSpan("write");
        var pending = new PendingWrite<T>(write, cancellationToken);
        _pending.Enqueue(pending);
        CommitPending();
        try
        {
            return await pending.Task.ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw Translate(exception);
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            if (_disposed)
            {
                return;
            }
            _disposed = true;
            _writer.Dispose();
        }
        CloseReaders();
        CommitPending();
        _lock.Dispose();
    }

    /// <summary>
    /// Commits what waits, unless somebody does already: they look again before they leave, so nothing is left waiting.
    /// </summary>
    private void CommitPending()
    {
        if (_pending.IsEmpty || !_writing.TryEnter())
        {
            return;
        }
        try
        {
            CommitBatch();
        }
        finally
        {
            _writing.Exit();
        }
        if (!_pending.IsEmpty)
        {
            // the caller has waited for its own write; those of others are nobody's in particular
            ThreadPool.UnsafeQueueUserWorkItem(
                static database => database.CommitPending(),
                this,
                preferLocal: false
            );
        }
    }

    private void CommitBatch()
    {
        var batch = new List<PendingWrite>();
        while (batch.Count < MaxBatch && _pending.TryDequeue(out var write))
        {
            if (write.TryBegin())
            {
                batch.Add(write);
            }
        }
        var failure =
            batch.Count == 0 ? null
            : _disposed ? new ObjectDisposedException(nameof(SqliteDatabase))
            : RunInTransaction(batch);
        foreach (var write in batch)
        {
            write.Complete(failure);
        }
    }

    /// <returns>Why nothing of the batch was stored; null if those writes were that did not fail by themselves.</returns>
    private Exception? RunInTransaction(List<PendingWrite> batch)
    {
        try
        {
            try
            {
                _writer.Begin();
                if (batch is not [var only])
                {
                    RunEach(batch);
                }
                else if (!only.Run(_writer))
                {
                    _writer.Rollback();
                    return null;
                }
                _writer.Commit();
                // before any caller is told
                if (Interlocked.Increment(ref _commits) % SweepEvery == 0)
                {
                    EndOldSnapshots();
                }
                return null;
            }
            catch
            {
                _writer.Rollback();
                throw;
            }
        }
        // told to every caller of the batch
        catch (Exception exception)
        {
            return exception;
        }
    }

    private void RunEach(List<PendingWrite> batch)
    {
        foreach (var write in batch)
        {
            _writer.Mark();
            if (!write.Run(_writer))
            {
                if (!_writer.IsInTransaction)
                {
                    throw new SqliteException(
                        "The transaction was ended by what one of its writes met.",
                        FullCode
                    );
                }
                _writer.ReturnToMark();
            }
            _writer.Unmark();
        }
    }

    private T Read<TArgument, T>(TArgument argument, Func<SqliteSession, TArgument, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var span = StartSpan("read");
        var session = TakeReader();
        try
        {
            // counted first: a commit in between is seen, and the snapshot taken for older than it is
            session.See(Volatile.Read(ref _commits));
            return read(session, argument);
        }
        catch (SqliteException exception)
        {
            session.EndSnapshot();
            throw Translate(exception);
        }
        finally
        {
            Return(session);
        }
    }

    private static Activity? StartSpan(string operation) =>
        Spans.HasListeners()
            ? Spans
                .StartActivity(operation, ActivityKind.Client)
                ?.SetTag("db.system.name", "sqlite")
                .SetTag("db.operation.name", operation)
            : null;

    private SqliteSession TakeReader()
    {
        if (!_readers.TryTake(out var session))
        {
            session = Open();
            _opened.Enqueue(session);
        }
        for (var wait = default(SpinWait); !session.TryEnter(); wait.SpinOnce())
        {
            // its old snapshot is being ended
        }
        return session;
    }

    private void Return(SqliteSession session)
    {
        session.EndSnapshotBefore(Volatile.Read(ref _commits));
        session.Exit();
        _readers.Add(session);
        if (_disposed)
        {
            CloseReaders();
        }
    }

    // who reads now ends its own when it is done
    private void EndOldSnapshots()
    {
        foreach (var session in _opened)
        {
            if (session.TryEnter())
            {
                session.EndSnapshotBefore(_commits);
                session.Exit();
            }
        }
    }

    private void CloseReaders()
    {
        while (_readers.TryTake(out var session))
        {
            session.Dispose();
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(
                path + ".lock",
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException exception)
        {
            throw new InvalidOperationException(
                $"'{path}' is in use by another process: on SQLite a service is one process.",
                exception
            );
        }
    }

    private SqliteSession Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            using var pragmas = connection.CreateCommand();
            pragmas.CommandText = string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout={BusyTimeoutMs}; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint={CheckpointPages};"
            );
            pragmas.ExecuteNonQuery();
            // Without it SQLite looks at the value of a LIMIT when it plans, and plans again, which costs more than a short list
            // does, whenever that parameter is bound anew.
            _ = raw.sqlite3_db_config(connection.Handle, StablePlans, 1, out _);
            return new SqliteSession(connection);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Translate(exception);
        }
    }

    // The version is read within the transaction that changes it: two processes may open a new file at once.
    private void Migrate(string path, IReadOnlyList<string> migrations)
    {
        while (true)
        {
            _writer.Begin();
            try
            {
                var version = Convert.ToInt32(
                    _writer.Command("PRAGMA user_version").ExecuteScalar(),
                    CultureInfo.InvariantCulture
                );
                if (version > migrations.Count)
                {
                    throw new InvalidOperationException(
                        $"'{path}' has schema {version}, this build knows {migrations.Count}: it was written by a newer build."
                    );
                }
                if (version == migrations.Count)
                {
                    _writer.Rollback();
                    return;
                }
                _writer.Command(migrations[version]).ExecuteNonQuery();
                _writer
                    .Command(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"PRAGMA user_version={version + 1}"
                        )
                    )
                    .ExecuteNonQuery();
                _writer.Commit();
            }
            catch
            {
                _writer.Rollback();
                throw;
            }
        }
    }

    private static DomainException Translate(SqliteException exception) =>
        exception.SqliteErrorCode == FullCode
            ? new DomainException(
                ErrorReason.StoreFull,
                "The store is full; nothing was written.",
                exception
            )
            : new DomainException(
                ErrorReason.StoreUnavailable,
                "The store did not answer.",
                exception
            );
}
