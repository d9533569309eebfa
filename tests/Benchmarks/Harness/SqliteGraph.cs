using Microsoft.Data.Sqlite;
using Platform.Connections.Relationships;
using Platform.Connections.Storage.Sqlite;

namespace Platform.Benchmarks.Harness;

/// <summary>A file of connections, made faster than a service would: one pair is stored by the store, and copied by SQL.</summary>
public static class SqliteGraph
{
    private static readonly string[] OwnColumns = ["id", "low", "high", "revision"];

    /// <summary>Fills a new file by a rule.</summary>
    public static Task FillAsync(string file, SyntheticGraph graph) =>
        FillAsync(
            file,
            _ => Task.CompletedTask,
            $"""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {graph.Pairs})
            SELECT {graph.LowInSql} AS low, {graph.HighInSql} AS high, i FROM n
            """
        );

    /// <summary>Fills a new file with pairs.</summary>
    public static Task FillAsync(string file, IReadOnlyList<(string One, string Other)> pairs) =>
        FillAsync(
            file,
            connection => ListAsync(connection, pairs),
            "SELECT low, high, row_number() OVER (ORDER BY low, high) AS i FROM pairs ORDER BY low, high"
        );

    /// <summary>The least that a load needs: reads the connected pairs, row by row, out of the index of lists.</summary>
    public static void Read(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var read = connection.CreateCommand();
        read.CommandText = """
            SELECT low, high, low_list_time FROM relationships INDEXED BY relationships_low_list
            WHERE low > '' AND low_list = 1 ORDER BY low, low_list_time DESC, high
            """;
        using var reader = read.ExecuteReader();
        var characters = 0L;
        while (reader.Read())
        {
            characters +=
                reader.GetString(0).Length + reader.GetString(1).Length + reader.GetInt64(2);
        }
        GC.KeepAlive(characters);
    }

    private static async Task ListAsync(
        SqliteConnection connection,
        IReadOnlyList<(string One, string Other)> pairs
    )
    {
        await using var make = connection.CreateCommand();
        make.CommandText = "CREATE TEMP TABLE pairs (low TEXT, high TEXT)";
        await make.ExecuteNonQueryAsync();
        await using var transaction = connection.BeginTransaction();
        await using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO pairs VALUES ($low, $high)";
        var low = insert.Parameters.Add("$low", SqliteType.Text);
        var high = insert.Parameters.Add("$high", SqliteType.Text);
        foreach (var (one, other) in pairs)
        {
            var isOrdered = string.CompareOrdinal(one, other) < 0;
            (low.Value, high.Value) = isOrdered ? (one, other) : (other, one);
            insert.ExecuteNonQuery();
        }
        await transaction.CommitAsync();
    }

    private static async Task FillAsync(
        string file,
        Func<SqliteConnection, Task> prepare,
        string pairs
    )
    {
        var template = MemberPair.Of("template-a", "template-b");
        using (var database = ConnectionsSchema.Open(file))
        {
            await SampleConnection.StoreAsync(new SqliteConnectionStore(database), template);
        }
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        var columns = new List<string>();
        await using (var read = connection.CreateCommand())
        {
            read.CommandText = "SELECT name FROM pragma_table_info('relationships')";
            await using var reader = await read.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                columns.Add(reader.GetString(0));
            }
        }
        var copied = string.Join(", ", columns.Except(OwnColumns, StringComparer.Ordinal));
        await prepare(connection);
        await using var fill = connection.CreateCommand();
        fill.CommandTimeout = 0;
        fill.CommandText = $"""
            PRAGMA synchronous=OFF;
            INSERT INTO relationships (low, high, revision, {copied})
            SELECT n.low, n.high, 1000 + i, {copied}
            FROM ({pairs}) AS n
            CROSS JOIN (SELECT {copied} FROM relationships WHERE low = '{template.Low}' AND high = '{template.High}');
            DELETE FROM relationships WHERE low = '{template.Low}' AND high = '{template.High}';
            PRAGMA wal_checkpoint(TRUNCATE);
            """;
        await fill.ExecuteNonQueryAsync();
    }
}
