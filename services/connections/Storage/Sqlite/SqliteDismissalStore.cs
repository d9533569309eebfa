using System.Text.Json;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>Dismissals on SQLite, for one process. Schema and its reasons: <see cref="ConnectionsSchema"/>.</summary>
public sealed class SqliteDismissalStore(SqliteDatabase database) : IDismissalStore
{
    private const string DismissSql =
        "INSERT INTO dismissals (member, other) VALUES ($member, $other) ON CONFLICT DO NOTHING";

    private const string RestoreSql =
        "DELETE FROM dismissals WHERE member = $member AND other = $other";

    private const string FindSql = """
        SELECT d.other FROM json_each($others) AS asked
        CROSS JOIN dismissals AS d ON d.member = $member AND d.other = asked.value
        """;

    private const string EraseSql = """
        DELETE FROM dismissals WHERE (member, other) IN (
            SELECT member, other FROM dismissals WHERE member = $member
            UNION ALL
            SELECT member, other FROM dismissals WHERE other = $member
            LIMIT $limit
        )
        """;

    /// <inheritdoc />
    public Task DismissAsync(string member, string other, CancellationToken cancellationToken) =>
        RunAsync(DismissSql, member, other, cancellationToken);

    /// <inheritdoc />
    public Task RestoreAsync(string member, string other, CancellationToken cancellationToken) =>
        RunAsync(RestoreSql, member, other, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlySet<string>> FindAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlySet<string>>(
            session =>
            {
                using var reader = session
                    .Command(FindSql)
                    .Bind("$member", member)
                    .Bind(
                        "$others",
                        JsonSerializer.Serialize(
                            [.. others],
                            RelationshipDocumentJson.Default.StringArray
                        )
                    )
                    .ExecuteReader();
                var found = new HashSet<string>(StringComparer.Ordinal);
                while (reader.Read())
                {
                    found.Add(reader.GetString(0));
                }
                return found;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<int> EraseMemberAsync(
        string member,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            session =>
                session
                    .Command(EraseSql)
                    .Bind("$member", member)
                    .Bind("$limit", (long)limit)
                    .ExecuteNonQuery(),
            cancellationToken
        );

    private Task<int> RunAsync(
        string sql,
        string member,
        string other,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            session =>
                session
                    .Command(sql)
                    .Bind("$member", member)
                    .Bind("$other", other)
                    .ExecuteNonQuery(),
            cancellationToken
        );
}
