using Microsoft.Data.Sqlite;
using Platform.Connections.Relationships;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <content>The change record, and what workers and loaders go through.</content>
public sealed partial class SqliteConnectionStore
{
    private const string RevisionSql = "SELECT COALESCE(MAX(revision), 0) FROM relationships";

    private const string ChangesSql =
        $"SELECT {Columns} FROM relationships WHERE revision > $after ORDER BY revision LIMIT $limit";

    private const string ExpiredSql =
        $"SELECT {Columns} FROM relationships WHERE expire_time <= $now ORDER BY expire_time LIMIT $limit";

    private const string PairsSql =
        $"SELECT {Columns} FROM relationships WHERE (low, high) > ($low, $high) AND low <> '' ORDER BY low, high LIMIT $limit";

    // Both are ranges of the index of lists, which holds all that is asked for: no row is read. The first is what is left of
    // the member in the middle of whose connections a page ended.
    private const string ConnectedOfMemberSql = """
        SELECT low, high, low_list_time FROM relationships INDEXED BY relationships_low_list
        WHERE low = $low AND low_list = 1 AND low_list_time <= $time AND (low_list_time < $time OR high > $high)
        ORDER BY low_list_time DESC, high LIMIT $limit
        """;

    private const string ConnectedSql = """
        SELECT low, high, low_list_time FROM relationships INDEXED BY relationships_low_list
        WHERE low > $low AND low_list = 1 ORDER BY low, low_list_time DESC, high LIMIT $limit
        """;

    // four ranges of indexes, none of which holds what is erased already
    private const string ToEraseRanges = """
        FROM (
            SELECT * FROM relationships INDEXED BY relationships_low_list
            WHERE low = $member AND low_list IS NOT NULL
            UNION ALL
            SELECT * FROM relationships INDEXED BY relationships_low_unlisted
            WHERE low = $member AND low_list IS NULL AND state <> 7
            UNION ALL
            SELECT * FROM relationships INDEXED BY relationships_high_list
            WHERE high = $member AND high_list IS NOT NULL
            UNION ALL
            SELECT * FROM relationships INDEXED BY relationships_high_unlisted
            WHERE high = $member AND high_list IS NULL AND state <> 7
        )
        """;

    private const string ToEraseSql = $"SELECT {Columns} {ToEraseRanges} LIMIT $limit";

    private const string CountToEraseSql = $"SELECT COUNT(*) {ToEraseRanges}";

    /// <inheritdoc />
    public Task<IReadOnlyList<Relationship>> ReadChangesAsync(
        long afterRevision,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<Relationship>>(
            session =>
            {
                using var reader = session
                    .Command(ChangesSql)
                    .Bind("$after", afterRevision)
                    .Bind("$limit", (long)limit)
                    .ExecuteReader();
                return ReadRelationships(reader, 0);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public long SettledRevision(long revision) => revision;

    /// <inheritdoc />
    public Task<IReadOnlyList<Relationship>> ListExpiredAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<Relationship>>(
            session =>
            {
                using var reader = session
                    .Command(ExpiredSql)
                    .Bind("$now", now.ToUnixTimeMilliseconds())
                    .Bind("$limit", (long)limit)
                    .ExecuteReader();
                return ReadRelationships(reader, 0);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<Relationship>> ListPairsAsync(
        MemberPair? after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<Relationship>>(
            session =>
            {
                using var reader = session
                    .Command(PairsSql)
                    .Bind("$low", after?.Low ?? "")
                    .Bind("$high", after?.High ?? "")
                    .Bind("$limit", (long)limit)
                    .ExecuteReader();
                return ReadRelationships(reader, 0);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<ConnectedPair>> ListConnectedAsync(
        ConnectedPair? after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<ConnectedPair>>(
            session =>
            {
                var pairs = new List<ConnectedPair>();
                if (after is { } last)
                {
                    ReadConnected(
                        session
                            .Command(ConnectedOfMemberSql)
                            .Bind("$low", last.Pair.Low)
                            .Bind("$high", last.Pair.High)
                            .Bind("$time", last.Time.ToUnixTimeMilliseconds())
                            .Bind("$limit", (long)limit),
                        pairs
                    );
                }
                if (pairs.Count < limit)
                {
                    ReadConnected(
                        session
                            .Command(ConnectedSql)
                            .Bind("$low", after?.Pair.Low ?? "")
                            .Bind("$limit", (long)(limit - pairs.Count)),
                        pairs
                    );
                }
                return pairs;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<Relationship>> ListToEraseAsync(
        string member,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<Relationship>>(
            session =>
            {
                using var reader = session
                    .Command(ToEraseSql)
                    .Bind("$member", member)
                    .Bind("$limit", (long)limit)
                    .ExecuteReader();
                return ReadRelationships(reader, 0);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<long> CountToEraseAsync(string member, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                (long)session.Command(CountToEraseSql).Bind("$member", member).ExecuteScalar()!,
            cancellationToken
        );

    /// <inheritdoc />
    public Task<long> GetRevisionAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(LastRevision, cancellationToken);

    private static long LastRevision(SqliteSession session)
    {
        using var last = session.Statement(RevisionSql);
        last.Step();
        return last.GetInt64(0);
    }

    // the others of a member by the side of the key on which they stand, each once
    private static (string Smaller, string Greater) Around(
        string member,
        IReadOnlyList<string> others
    )
    {
        var distinct = others.ToHashSet(StringComparer.Ordinal);
        return (
            ToJson(distinct.Where(other => string.CompareOrdinal(other, member) < 0)),
            ToJson(distinct.Where(other => string.CompareOrdinal(other, member) > 0))
        );
    }

    private static void ReadConnected(SqliteCommand command, List<ConnectedPair> into)
    {
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            into.Add(
                new ConnectedPair(
                    MemberPair.Of(reader.GetString(0), reader.GetString(1)),
                    ReadTime(reader, 2)
                )
            );
        }
    }
}
