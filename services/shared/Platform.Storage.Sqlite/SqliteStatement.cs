using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>
/// A prepared statement of a <see cref="SqliteSession"/>, which owns it. Parameters count from 1, columns from 0. What a column
/// gives is read before the next step.
/// </summary>
public sealed class SqliteStatement : IDisposable
{
    private const int OnStack = 512;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    internal SqliteStatement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(
            raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement)
        );
    }

    /// <summary>Sets a parameter; null becomes NULL.</summary>
    public SqliteStatement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_statement, parameter));
            return this;
        }
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var utf8 = most <= OnStack ? stackalloc byte[OnStack] : new byte[most];
        Check(
            // of an empty text too the address is there: that of the stack
            raw.sqlite3_bind_text(
                _statement,
                parameter,
                utf8[..Encoding.UTF8.GetBytes(value, utf8)]
            )
        );
        return this;
    }

    /// <summary>Sets a parameter.</summary>
    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    /// <summary>Sets a parameter; null becomes NULL.</summary>
    public SqliteStatement Bind(int parameter, long? value)
    {
        Check(
            value is { } number
                ? raw.sqlite3_bind_int64(_statement, parameter, number)
                : raw.sqlite3_bind_null(_statement, parameter)
        );
        return this;
    }

    /// <summary>Sets a parameter.</summary>
    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        Check(
            value.IsEmpty
                // else an address that is not there makes it NULL
                ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
                : raw.sqlite3_bind_blob(_statement, parameter, value)
        );
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="SqliteException">What SQLite met.</exception>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }
        if (code != raw.SQLITE_DONE)
        {
            Check(code);
        }
        return false;
    }

    /// <summary>Runs to the end.</summary>
    /// <returns>How many rows it inserted, updated or deleted.</returns>
    /// <exception cref="SqliteException">What SQLite met.</exception>
    public int Execute()
    {
        while (Step()) { }
        return raw.sqlite3_changes(_connection);
    }

    /// <summary>The number of a column.</summary>
    public int GetInt32(int column) => raw.sqlite3_column_int(_statement, column);

    /// <summary>The number of a column.</summary>
    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>Whether a column is NULL.</summary>
    public bool IsNull(int column) =>
        raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>The text of a column.</summary>
    public string GetString(int column) =>
        raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>The bytes of a column; they are SQLite's, and gone with the next step.</summary>
    public ReadOnlySpan<byte> GetBytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Ends the use: lets go of what it reads, and of nothing else.</summary>
    public void Dispose() =>
        // tells once more of what a step met, which was thrown then
        raw.sqlite3_reset(_statement);

    internal void Close() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _connection);
}
