using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>
/// One open connection and its prepared commands. Used by one caller at a time; handed out by <see cref="SqliteDatabase"/>.
/// </summary>
public sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    internal SqliteSession(SqliteConnection connection) => _connection = connection;

    internal SqliteTransaction? Transaction { get; private set; }

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
        command.Transaction = Transaction;
        return command;
    }

    /// <summary>Whether the transaction is still there: a full disk may have ended it.</summary>
    internal bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    internal void Begin() => Transaction = _connection.BeginTransaction(deferred: false);

    /// <summary>Marks a place in the transaction to go back to.</summary>
    internal void Mark() => Command("SAVEPOINT write").ExecuteNonQuery();

    /// <summary>Undoes what came after the mark, and keeps what came before.</summary>
    internal void ReturnToMark() => Command("ROLLBACK TO write").ExecuteNonQuery();

    /// <summary>Drops the mark and keeps what came after it.</summary>
    internal void Unmark() => Command("RELEASE write").ExecuteNonQuery();

    internal void Commit()
    {
        Transaction!.Commit();
        EndTransaction();
    }

    internal void Rollback()
    {
        // a failed commit or a full disk may have ended it already
        if (Transaction?.Connection is not null)
        {
            Transaction.Rollback();
        }
        EndTransaction();
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
        _connection.Dispose();
    }

    private void EndTransaction()
    {
        Transaction?.Dispose();
        Transaction = null;
    }
}
