using Microsoft.Data.Sqlite;
using Platform.Connections.Recommendations;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>Recommendations on SQLite, for one process. Schema and its reasons: <see cref="ConnectionsSchema"/>.</summary>
public sealed class SqliteRecommendationStore(SqliteDatabase database) : IRecommendationStore
{
    private const string Columns = "author, recipient, revision, document";

    private const string GetSql = $"SELECT {Columns} FROM recommendations WHERE thread = $thread";

    private const string InsertSql = """
        INSERT INTO recommendations (thread, author, recipient, state, is_public, create_time, revision, document)
        VALUES ($thread, $author, $recipient, $state, $is_public, $create_time, 1, $document)
        ON CONFLICT (thread) DO NOTHING
        """;

    private const string UpdateSql = """
        UPDATE recommendations SET
            state = $state, is_public = $is_public, create_time = $create_time, revision = $expected + 1, document = $document
        WHERE thread = $thread AND revision = $expected
        """;

    private const string AllSql =
        $"SELECT {Columns} FROM recommendations WHERE thread > $thread ORDER BY thread LIMIT $limit";

    private const string EraseSql = """
        DELETE FROM recommendations WHERE id IN (
            SELECT id FROM recommendations WHERE author = $member
            UNION ALL
            SELECT id FROM recommendations WHERE recipient = $member
            LIMIT $limit
        )
        """;

    private static readonly string ReceivedSql = ListSql("recipient", "author");
    private static readonly string WrittenSql = ListSql("author", "recipient");

    /// <inheritdoc />
    public Task<RecommendationThread> GetAsync(
        RecommendationKey key,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            session =>
            {
                using var reader = session
                    .Command(GetSql)
                    .Bind("$thread", ThreadOf(key))
                    .ExecuteReader();
                return reader.Read() ? ReadThread(reader) : RecommendationThread.None(key);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<RecommendationThread?> TryStoreAsync(
        RecommendationThread next,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            session =>
            {
                var latest = next.Latest!;
                var command = session.Command(next.Revision == 0 ? InsertSql : UpdateSql);
                if (next.Revision == 0)
                {
                    command
                        .Bind("$author", next.Key.AuthorId)
                        .Bind("$recipient", next.Key.RecipientId);
                }
                else
                {
                    command.Bind("$expected", next.Revision);
                }
                var rows = command
                    .Bind("$thread", ThreadOf(next.Key))
                    .Bind("$state", (long)latest.State)
                    .Bind("$is_public", latest.IsPublic ? 1L : 0L)
                    .Bind("$create_time", latest.CreateTime.ToUnixTimeMilliseconds())
                    .Bind("$document", RecommendationDocument.Write(next))
                    .ExecuteNonQuery();
                return rows == 1 ? next with { Revision = next.Revision + 1 } : null;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<RecommendationThread>> ListAsync(
        RecommendationQuery query,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<RecommendationThread>>(
            session =>
            {
                using var reader = session
                    .Command(query.Role == RecommendationRole.Recipient ? ReceivedSql : WrittenSql)
                    .Bind("$member", query.MemberId)
                    .Bind("$state", (long?)query.State)
                    .Bind("$public_only", query.PublicOnly ? 1L : 0L)
                    .Bind("$time", query.After?.Time.ToUnixTimeMilliseconds() ?? long.MaxValue)
                    .Bind("$other", query.After?.OtherId ?? "")
                    .Bind("$limit", (long)query.Limit)
                    .ExecuteReader();
                return ReadThreads(reader);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<RecommendationThread>> ListAllAsync(
        RecommendationKey? after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<RecommendationThread>>(
            session =>
            {
                using var reader = session
                    .Command(AllSql)
                    .Bind("$thread", after is { } key ? ThreadOf(key) : "")
                    .Bind("$limit", (long)limit)
                    .ExecuteReader();
                return ReadThreads(reader);
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

    // A range of one index. A member has some hundreds at most, so states are looked at and not kept in it.
    private static string ListSql(string member, string other) =>
        $"""
            SELECT {Columns} FROM recommendations
            WHERE {member} = $member AND create_time <= $time AND (create_time < $time OR {other} > $other)
            AND ($state IS NULL OR state = $state) AND is_public >= $public_only
            ORDER BY create_time DESC, {other} LIMIT $limit
            """;

    private static string ThreadOf(RecommendationKey key) => $"{key.AuthorId}|{key.RecipientId}";

    private static List<RecommendationThread> ReadThreads(SqliteDataReader reader)
    {
        var threads = new List<RecommendationThread>();
        while (reader.Read())
        {
            threads.Add(ReadThread(reader));
        }
        return threads;
    }

    private static RecommendationThread ReadThread(SqliteDataReader reader)
    {
        var document = RecommendationDocument.Read(reader.GetFieldValue<byte[]>(3));
        return new RecommendationThread
        {
            Key = new RecommendationKey(reader.GetString(0), reader.GetString(1)),
            Revision = reader.GetInt64(2),
            Latest = document.Latest,
            RecentMutations = document.RecentMutations,
        };
    }
}
