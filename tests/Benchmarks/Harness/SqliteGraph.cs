using Microsoft.Data.Sqlite;
using Platform.Connections.Relationships;
using Platform.Connections.Storage.Sqlite;

namespace Platform.Benchmarks.Harness;

/// <summary>A file of connections, made faster than a service would: one pair is stored by the store, and copied by SQL.</summary>
public static class SqliteGraph
{
    private static readonly string[] OwnColumns = ["id", "low", "high", "revision"];

    /// <summary>Fills a new file.</summary>
    public static async Task FillAsync(string file, SyntheticGraph graph)
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
        await using var fill = connection.CreateCommand();
        fill.CommandTimeout = 0;
        fill.CommandText = $"""
            PRAGMA synchronous=OFF;
            INSERT INTO relationships (low, high, revision, {copied})
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {graph.Pairs})
            SELECT {graph.LowInSql}, {graph.HighInSql}, 1000 + i, {copied}
            FROM n CROSS JOIN (SELECT * FROM relationships WHERE low = '{template.Low}' AND high = '{template.High}');
            PRAGMA wal_checkpoint(TRUNCATE);
            """;
        await fill.ExecuteNonQueryAsync();
    }
}
