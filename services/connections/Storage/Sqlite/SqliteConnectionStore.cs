using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Connections.Relationships;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>The store on SQLite, for one process. Schema and its reasons: <see cref="ConnectionsSchema"/>.</summary>
public sealed partial class SqliteConnectionStore(SqliteDatabase database) : IConnectionStore
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

    /// <inheritdoc />
    public ValueTask<PairStatus> GetStatusAsync(
        MemberPair pair,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync(
            pair,
            static (session, pair) => FindStatus(session, pair),
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        IReadOnlyList<MemberPair> pairs,
        CancellationToken cancellationToken
    ) =>
        await database
            .ReadAsync(
                pairs,
                static (session, pairs) =>
                {
                    var statuses = new PairStatus[pairs.Count];
                    for (var index = 0; index < statuses.Length; index++)
                    {
                        statuses[index] = FindStatus(session, pairs[index]);
                    }
                    return statuses;
                },
                cancellationToken
            )
            .ConfigureAwait(false);

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
    public Task<string> GetIdentityAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => (string)session.Command("SELECT identity FROM store").ExecuteScalar()!,
            cancellationToken
        );

    private static DateTimeOffset? ExpireTimeOf(Relationship relationship) =>
        relationship.State == RelationshipState.Pending
            ? relationship.Invitation!.ExpireTime
            : null;

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

    private static PairStatus FindStatus(SqliteSession session, MemberPair pair)
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
    }
}
