using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>
/// One open connection and its prepared commands. Used by one caller at a time; handed out by <see cref="SqliteDatabase"/>.
/// </summary>
/// <remarks>
/// A reader keeps its snapshot as long as nothing was committed: to take one costs SQLite system calls under a lock that all
/// connections share, about two fifths of a lookup by key. It is held by a statement that rests on its first row.
/// </remarks>
public sealed class SqliteSession : IDisposable
{
    private const long NoSnapshot = -1;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private SqliteStatement? _snapshot;
    private long _commits = NoSnapshot;
    private int _inUse;

    internal SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>
    /// The prepared command of this text, made once a connection. Bind its parameters with <see cref="SqliteBinding.Bind"/>
    /// before each use, and dispose its readers.
    /// </summary>
    public SqliteCommand Command(string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }
        return command;
    }

    /// <summary>
    /// The same for what runs on every call: without the objects that ADO.NET makes each time. Its parameters are bound by number;
    /// dispose it after each use, which makes it ready for the next.
    /// </summary>
    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(_connection.Handle!, sql);
            _statements.Add(sql, statement);
        }
        return statement;
    }

    /// <summary>Makes sure that reads see everything up to so many commits.</summary>
    internal void See(long commits)
    {
        if (_commits == commits)
        {
            return;
        }
        EndSnapshot();
        _snapshot ??= new SqliteStatement(_connection.Handle!, "SELECT 1 FROM sqlite_schema");
        _snapshot.Step();
        _commits = commits;
    }

    /// <summary>Lets go of the snapshot unless it shows everything up to so many commits: old ones keep the log from being used anew.</summary>
    internal void EndSnapshotBefore(long commits)
    {
        if (_commits < commits)
        {
            EndSnapshot();
        }
    }

    /// <summary>Lets go of the snapshot.</summary>
    internal void EndSnapshot()
    {
        _snapshot?.Dispose();
        _commits = NoSnapshot;
    }

    /// <summary>Takes the session for oneself, if nobody has it.</summary>
    internal bool TryEnter() => Interlocked.CompareExchange(ref _inUse, 1, 0) == 0;

    /// <summary>Leaves it to others.</summary>
    internal void Exit() => Volatile.Write(ref _inUse, 0);

    /// <summary>Whether the transaction is still there: a full disk may have ended it.</summary>
    internal bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Begins a transaction that will write.</summary>
    internal void Begin() => Run("BEGIN IMMEDIATE");

    /// <summary>Marks a place in the transaction to go back to.</summary>
    internal void Mark() => Run("SAVEPOINT write");

    /// <summary>Undoes what came after the mark, and keeps what came before.</summary>
    internal void ReturnToMark() => Run("ROLLBACK TO write");

    /// <summary>Drops the mark and keeps what came after it.</summary>
    internal void Unmark() => Run("RELEASE write");

    internal void Commit() => Run("COMMIT");

    internal void Rollback()
    {
        // a failed commit or a full disk may have ended it already
        if (IsInTransaction)
        {
            Run("ROLLBACK");
        }
    }

    public void Dispose()
    {
        _snapshot?.Close();
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
        _connection.Dispose();
    }

    private void Run(string sql)
    {
        using var statement = Statement(sql);
        statement.Step();
    }
}
