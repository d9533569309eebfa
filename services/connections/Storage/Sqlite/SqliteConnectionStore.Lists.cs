using Microsoft.Data.Sqlite;
using Platform.Connections.Relationships;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <content>A member's lists, a page at a time, and their counts.</content>
public sealed partial class SqliteConnectionStore
{
    // SQLite merges the two ordered ranges, and reads no more rows than it returns: $to is the one upper bound of the index
    // range, so a late page costs what the first one does
    private const string RecentRange =
        "AND {1} BETWEEN $from AND $to AND ({1} < $time OR {0} > $other)";

    private const string RecentOrder = "ORDER BY list_time DESC, other LIMIT $limit";

    private const string IdRange = "AND {1} BETWEEN $from AND $to AND {0} > $other";

    // a member has some thousands of entries at most: they are sorted, rather than kept in one more index
    private const string IdOrder = "ORDER BY other LIMIT $limit";

    private const string CountSql = """
        SELECT list, inviter_side, SUM(entries) FROM (
            SELECT low_list AS list, inviter = 1 AS inviter_side, COUNT(*) AS entries
            FROM relationships INDEXED BY relationships_low_list
            WHERE low = $member AND low_list IS NOT NULL GROUP BY low_list, inviter
            UNION ALL
            SELECT high_list, inviter = 2, COUNT(*)
            FROM relationships INDEXED BY relationships_high_list
            WHERE high = $member AND high_list IS NOT NULL GROUP BY high_list, inviter
        ) GROUP BY list, inviter_side
        """;

    // of one list: two ranges of indexes
    private const string CountOneSql = """
        SELECT
            (SELECT COUNT(*) FROM relationships INDEXED BY relationships_low_list WHERE low = ?1 AND low_list = ?2)
            + (SELECT COUNT(*) FROM relationships INDEXED BY relationships_high_list WHERE high = ?1 AND high_list = ?2)
        """;

    private const string StateSql = """
        SELECT COUNT(*), SUM(time) FROM (
            SELECT low_list_time AS time FROM relationships INDEXED BY relationships_low_list WHERE low = ?1 AND low_list = ?2
            UNION ALL
            SELECT high_list_time FROM relationships INDEXED BY relationships_high_list WHERE high = ?1 AND high_list = ?2
        )
        """;

    private static readonly string ListRecentSql = ListSql("", RecentRange, RecentOrder);
    private static readonly string ListByIdSql = ListSql("", IdRange, IdOrder);
    private static readonly string ListDocumentsSql = ListSql(
        ", " + Columns,
        RecentRange,
        RecentOrder
    );

    /// <inheritdoc />
    public Task<IReadOnlyList<ListEntry>> ListAsync(
        ListQuery query,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<ListEntry>>(
            session =>
            {
                var entries = new List<ListEntry>();
                using var reader = Bind(
                        session.Command(
                            query.Order == ListOrder.Recent ? ListRecentSql : ListByIdSql
                        ),
                        query
                    )
                    .ExecuteReader();
                while (reader.Read())
                {
                    entries.Add(new ListEntry(reader.GetString(0), ReadTime(reader, 1)));
                }
                return entries;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<Relationship>> ListRelationshipsAsync(
        ListQuery query,
        CancellationToken cancellationToken
    )
    {
        if (query.Order != ListOrder.Recent)
        {
            throw new ArgumentException("Only in the order Recent.", nameof(query));
        }
        return database.ReadAsync<IReadOnlyList<Relationship>>(
            session =>
            {
                using var reader = Bind(session.Command(ListDocumentsSql), query).ExecuteReader();
                return ReadRelationships(reader, 2);
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public async Task<long> CountAsync(
        string member,
        RelationshipList list,
        CancellationToken cancellationToken
    ) =>
        list is RelationshipList.SentAccepted or RelationshipList.ReceivedAccepted
            ? (
                await CountAllAsync(member, cancellationToken).ConfigureAwait(false)
            ).GetValueOrDefault(list)
            : await database
                .ReadAsync(
                    session =>
                    {
                        using var count = session
                            .Statement(CountOneSql)
                            .Bind(1, member)
                            .Bind(2, (long)list);
                        count.Step();
                        return count.GetInt64(0);
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);

    /// <inheritdoc />
    public Task<ListState> ReadConnectionsStateAsync(
        string member,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            session =>
            {
                using var state = session
                    .Statement(StateSql)
                    .Bind(1, member)
                    .Bind(2, (long)RelationshipList.Connections);
                state.Step();
                // the sum over nothing is NULL, which reads as 0
                return new ListState(state.GetInt64(0), state.GetInt64(1));
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<RelationshipList, long>> CountAllAsync(
        string member,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyDictionary<RelationshipList, long>>(
            session =>
            {
                var counts = new Dictionary<RelationshipList, long>();
                using var reader = session
                    .Command(CountSql)
                    .Bind("$member", member)
                    .ExecuteReader();
                while (reader.Read())
                {
                    var list = (RelationshipList)reader.GetInt64(0);
                    var entries = reader.GetInt64(2);
                    counts[list] = counts.GetValueOrDefault(list) + entries;
                    if (list == RelationshipList.Connections)
                    {
                        var accepted =
                            reader.GetInt64(1) != 0
                                ? RelationshipList.SentAccepted
                                : RelationshipList.ReceivedAccepted;
                        counts[accepted] = entries;
                    }
                }
                return counts;
            },
            cancellationToken
        );

    private static string ListSql(string columns, string range, string order) =>
        $"""
            SELECT high AS other, low_list_time AS list_time{columns} FROM relationships INDEXED BY relationships_low_list
            WHERE low = $member AND low_list = $list AND (inviter & $low_inviters) = inviter
            {string.Format(null, range, "high", "low_list_time")}
            UNION ALL
            SELECT low, high_list_time{columns} FROM relationships INDEXED BY relationships_high_list
            WHERE high = $member AND high_list = $list AND (inviter & $high_inviters) = inviter
            {string.Format(null, range, "low", "high_list_time")}
            {order}
            """;

    private static SqliteCommand Bind(SqliteCommand command, ListQuery query)
    {
        // accepted invitations are connections of one inviter
        var (list, low, high) = query.List switch
        {
            RelationshipList.SentAccepted => (RelationshipList.Connections, Side.Low, Side.High),
            RelationshipList.ReceivedAccepted => (
                RelationshipList.Connections,
                Side.High,
                Side.Low
            ),
            _ => (query.List, Side.Low | Side.High, Side.Low | Side.High),
        };
        var to = query.Before is { } before ? CeilingMilliseconds(before) - 1 : long.MaxValue;
        var byTime = query.Order == ListOrder.Recent;
        var time =
            byTime && query.After is { } after
                ? after.Time.ToUnixTimeMilliseconds()
                : long.MaxValue;
        command
            .Bind("$member", query.Member)
            .Bind("$list", (long)list)
            .Bind("$low_inviters", (long)low)
            .Bind("$high_inviters", (long)high)
            .Bind("$from", query.From is { } from ? CeilingMilliseconds(from) : long.MinValue)
            .Bind("$to", Math.Min(to, time))
            .Bind("$other", query.After?.OtherId ?? "")
            .Bind("$limit", (long)query.Limit);
        return byTime ? command.Bind("$time", time) : command;
    }

    // kept times are whole milliseconds: a bound between two of them counts as the later one
    private static long CeilingMilliseconds(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        return time > DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            ? milliseconds + 1
            : milliseconds;
    }
}
