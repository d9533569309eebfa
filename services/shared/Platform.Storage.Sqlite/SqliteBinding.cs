using Microsoft.Data.Sqlite;

namespace Platform.Storage.Sqlite;

/// <summary>Binds parameters to prepared commands without making them anew.</summary>
public static class SqliteBinding
{
    /// <summary>Sets a parameter such as <c>$id</c>; null becomes NULL.</summary>
    public static SqliteCommand Bind(this SqliteCommand command, string name, object? value)
    {
        var index = command.Parameters.IndexOf(name);
        if (index < 0)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
        else
        {
            command.Parameters[index].Value = value ?? DBNull.Value;
        }
        return command;
    }

    /// <summary>The text of a column, or null.</summary>
    public static string? GetStringOrNull(this SqliteDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    /// <summary>The number of a column, or null.</summary>
    public static long? GetInt64OrNull(this SqliteDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetInt64(ordinal);
}
