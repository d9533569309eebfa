using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Connections.Relationships;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>The store on SQLite, for one process. Schema and its reasons: <see cref="ConnectionsSchema"/>.</summary>
public sealed class SqliteConnectionStore(SqliteDatabase database) : IConnectionStore
{
    private const string Columns =
        "low, high, state, blocked_by, state_time, revision, document, blocked_through";

    /// <summary>What a check runs.</summary>
    internal const string StatusSql =
        "SELECT state, inviter, invitation_number, blocked_by, blocked_through FROM relationships WHERE low = ?1 AND high = ?2";

    // both halves are lookups by key; one statement, so one snapshot
    private const string StatusesSql = """
        SELECT r.high, r.state, r.inviter, r.invitation_number, r.blocked_by, r.blocked_through
        FROM json_each($greater) AS other CROSS JOIN relationships AS r ON r.low = $member AND r.high = other.value
        UNION ALL
        SELECT r.low, r.state, r.inviter, r.invitation_number, r.blocked_by, r.blocked_through
        FROM json_each($smaller) AS other CROSS JOIN relationships AS r ON r.low = other.value AND r.high = $member
        """;

    private const string GetSql =
        $"SELECT {Columns} FROM relationships WHERE low = ?1 AND high = ?2";

    // as StatusesSql
    private const string ManySql = $"""
        SELECT {Columns} FROM json_each($greater) AS other CROSS JOIN relationships ON low = $member AND high = other.value
        UNION ALL
        SELECT {Columns} FROM json_each($smaller) AS other CROSS JOIN relationships ON low = other.value AND high = $member
        """;

    private const string InsertSql = """
        INSERT INTO relationships
            (low, high, state, inviter, invitation_number, blocked_by, blocked_through, state_time, revision, expire_time, low_list, high_list, low_list_time, high_list_time, document)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
        WHERE NOT EXISTS (SELECT 1 FROM relationships WHERE low = ?1 AND high = ?2)
        """;

    private const string UpdateSql = """
        UPDATE relationships SET
            state = ?3, inviter = ?4, invitation_number = ?5, blocked_by = ?6, blocked_through = ?7, state_time = ?8,
            revision = ?9, expire_time = ?10, low_list = ?11, high_list = ?12, low_list_time = ?13, high_list_time = ?14,
            document = ?15
        WHERE low = ?1 AND high = ?2 AND revision = ?16
        """;

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

    private static readonly string ListRecentSql = ListSql("", RecentRange, RecentOrder);
    private static readonly string ListByIdSql = ListSql("", IdRange, IdOrder);
    private static readonly string ListDocumentsSql = ListSql(
        ", " + Columns,
        RecentRange,
        RecentOrder
    );

    /// <inheritdoc />
    public ValueTask<PairStatus> GetStatusAsync(
        MemberPair pair,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            pair,
            static (session, pair) =>
            {
                using var row = session.Statement(StatusSql).Bind(1, pair.Low).Bind(2, pair.High);
                return row.Step()
                    ? new PairStatus(
                        (RelationshipState)row.GetInt32(0),
                        (Side)row.GetInt32(1),
                        row.GetInt32(2),
                        (Side)row.GetInt32(3),
                        row.GetInt32(4)
                    )
                    : default;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var (smaller, greater) = Around(member, others);
        return database.ReadAsync<IReadOnlyList<PairStatus>>(
            session =>
            {
                using var reader = session
                    .Command(StatusesSql)
                    .Bind("$member", member)
                    .Bind("$smaller", smaller)
                    .Bind("$greater", greater)
                    .ExecuteReader();
                var found = new Dictionary<string, PairStatus>(StringComparer.Ordinal);
                while (reader.Read())
                {
                    found[reader.GetString(0)] = ReadStatus(reader, 1);
                }
                var statuses = new PairStatus[others.Count];
                for (var index = 0; index < statuses.Length; index++)
                {
                    statuses[index] = found.GetValueOrDefault(others[index]);
                }
                return statuses;
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task<Relationship> GetAsync(MemberPair pair, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                using var row = session.Statement(GetSql).Bind(1, pair.Low).Bind(2, pair.High);
                return row.Step()
                    ? Relationship(
                        pair,
                        (RelationshipState)row.GetInt32(2),
                        (Side)row.GetInt32(3),
                        ToTime(row.GetInt64(4)),
                        row.GetInt64(5),
                        row.GetInt32(7),
                        RelationshipDocument.Read(row.GetBytes(6))
                    )
                    : Relationships.Relationship.None(pair);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, Relationship>> GetManyAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var (smaller, greater) = Around(member, others);
        return database.ReadAsync<IReadOnlyDictionary<string, Relationship>>(
            session =>
            {
                using var reader = session
                    .Command(ManySql)
                    .Bind("$member", member)
                    .Bind("$smaller", smaller)
                    .Bind("$greater", greater)
                    .ExecuteReader();
                return ReadRelationships(reader, 0)
                    .ToDictionary(
                        relationship => relationship.Pair.OtherOf(member),
                        StringComparer.Ordinal
                    );
            },
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task<Relationship?> TryStoreAsync(
        Relationship next,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            session =>
            {
                var stored = next.Stamped(LastRevision(session) + 1);
                using var write = session.Statement(next.Revision == 0 ? InsertSql : UpdateSql);
                if (next.Revision != 0)
                {
                    write.Bind(16, next.Revision);
                }
                var rows = write
                    .Bind(1, stored.Pair.Low)
                    .Bind(2, stored.Pair.High)
                    .Bind(3, (long)stored.State)
                    .Bind(4, (long)stored.Status.Inviter)
                    .Bind(5, stored.Status.InvitationNumber)
                    .Bind(6, (long)stored.BlockedBy)
                    .Bind(7, stored.BlockedThrough)
                    .Bind(8, stored.StateTime.ToUnixTimeMilliseconds())
                    .Bind(9, stored.Revision)
                    .Bind(10, ExpireTimeOf(stored)?.ToUnixTimeMilliseconds())
                    .Bind(11, (long?)stored.ListOf(Side.Low))
                    .Bind(12, (long?)stored.ListOf(Side.High))
                    .Bind(13, stored.ListTimeOf(Side.Low).ToUnixTimeMilliseconds())
                    .Bind(14, stored.ListTimeOf(Side.High).ToUnixTimeMilliseconds())
                    .Bind(15, RelationshipDocument.Write(stored))
                    .Execute();
                return rows == 1 ? stored : null;
            },
            cancellationToken
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

    /// <inheritdoc />
    public Task<string> GetIdentityAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => (string)session.Command("SELECT identity FROM store").ExecuteScalar()!,
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

    private static DateTimeOffset? ExpireTimeOf(Relationship relationship) =>
        relationship.State == RelationshipState.Pending
            ? relationship.Invitation!.ExpireTime
            : null;

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

    private static string ToJson(IEnumerable<string> ids) =>
        JsonSerializer.Serialize([.. ids], RelationshipDocumentJson.Default.StringArray);

    private static PairStatus ReadStatus(SqliteDataReader reader, int first) =>
        new(
            (RelationshipState)reader.GetInt32(first),
            (Side)reader.GetInt32(first + 1),
            reader.GetInt32(first + 2),
            (Side)reader.GetInt32(first + 3),
            reader.GetInt32(first + 4)
        );

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

    private static List<Relationship> ReadRelationships(SqliteDataReader reader, int first)
    {
        var relationships = new List<Relationship>();
        while (reader.Read())
        {
            relationships.Add(ReadRelationship(reader, first));
        }
        return relationships;
    }

    private static Relationship ReadRelationship(SqliteDataReader reader, int first) =>
        Relationship(
            MemberPair.Of(reader.GetString(first), reader.GetString(first + 1)),
            (RelationshipState)reader.GetInt32(first + 2),
            (Side)reader.GetInt32(first + 3),
            ReadTime(reader, first + 4),
            reader.GetInt64(first + 5),
            reader.GetInt32(first + 7),
            RelationshipDocument.Read(reader.GetFieldValue<byte[]>(first + 6))
        );

    private static Relationship Relationship(
        MemberPair pair,
        RelationshipState state,
        Side blockedBy,
        DateTimeOffset stateTime,
        long revision,
        int blockedThrough,
        RelationshipDocument document
    ) =>
        new()
        {
            Pair = pair,
            State = state,
            BlockedBy = blockedBy,
            StateTime = stateTime,
            Revision = revision,
            BlockedThrough = blockedThrough,
            Invitation = document.Invitation,
            LowBarredUntil = document.LowBarredUntil,
            HighBarredUntil = document.HighBarredUntil,
            LowBlockTime = document.LowBlockTime,
            HighBlockTime = document.HighBlockTime,
            LowUnblockTime = document.LowUnblockTime,
            HighUnblockTime = document.HighUnblockTime,
            LastBlockTime = document.LastBlockTime,
            RecentMutations = document.RecentMutations,
            Ledger = document.Ledger,
        };

    private static DateTimeOffset ReadTime(SqliteDataReader reader, int ordinal) =>
        ToTime(reader.GetInt64(ordinal));

    private static DateTimeOffset ToTime(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
