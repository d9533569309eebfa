using Microsoft.Data.Sqlite;

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

    internal void Begin() => Transaction = _connection.BeginTransaction(deferred: false);

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
