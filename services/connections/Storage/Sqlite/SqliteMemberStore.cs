using Microsoft.Data.Sqlite;
using Platform.Connections.Members;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>The documents of members on SQLite, for one process. Schema and its reasons: <see cref="ConnectionsSchema"/>.</summary>
public sealed class SqliteMemberStore(SqliteDatabase database) : IMemberStore
{
    private const string Columns = "id, revision, document, slots";

    private const string GetSql = $"SELECT {Columns} FROM members WHERE id = ?1";

    private const string InsertSql = """
        INSERT INTO members (id, revision, erasing_due, document, slots) VALUES (?1, 1, ?2, ?3, ?4)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string UpdateSql = """
        UPDATE members SET revision = ?5 + 1, erasing_due = ?2, document = ?3, slots = ?4
        WHERE id = ?1 AND revision = ?5
        """;

    private const string ListSql =
        $"SELECT {Columns} FROM members WHERE id > $after ORDER BY id LIMIT $limit";

    private const string ErasingSql =
        $"SELECT {Columns} FROM members WHERE erasing_due <= $now ORDER BY erasing_due, id LIMIT $limit";

    /// <inheritdoc />
    public Task<MemberRecord> GetAsync(string memberId, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Get(session, memberId), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<MemberRecord>> GetManyAsync(
        IReadOnlyList<string> memberIds,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<MemberRecord>>(
            session => [.. memberIds.Select(id => Get(session, id))],
            cancellationToken
        );

    /// <inheritdoc />
    public Task<MemberRecord?> TryStoreAsync(
        MemberRecord next,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            session =>
            {
                using var write = session.Statement(next.Revision == 0 ? InsertSql : UpdateSql);
                if (next.Revision != 0)
                {
                    write.Bind(5, next.Revision);
                }
                var rows = write
                    .Bind(1, next.MemberId)
                    .Bind(2, next.Deletion?.DueTime?.ToUnixTimeMilliseconds())
                    .Bind(3, MemberDocument.Write(next))
                    .Bind(4, SlotBytes.Write(next.Slots))
                    .Execute();
                return rows == 1 ? next with { Revision = next.Revision + 1 } : null;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<MemberRecord>> ListAsync(
        string afterId,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<MemberRecord>>(
            session =>
            {
                using var reader = session
                    .Command(ListSql)
                    .Bind("$after", afterId)
                    .Bind("$limit", (long)limit)
                    .ExecuteReader();
                return ReadAll(reader);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<MemberRecord>> ListErasingAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<MemberRecord>>(
            session =>
            {
                using var reader = session
                    .Command(ErasingSql)
                    .Bind("$now", now.ToUnixTimeMilliseconds())
                    .Bind("$limit", (long)limit)
                    .ExecuteReader();
                return ReadAll(reader);
            },
            cancellationToken
        );

    private static MemberRecord Get(SqliteSession session, string memberId)
    {
        using var row = session.Statement(GetSql).Bind(1, memberId);
        return row.Step()
            ? Read(memberId, row.GetInt64(1), row.GetBytes(2), row.GetBytes(3))
            : MemberRecord.Of(memberId);
    }

    private static List<MemberRecord> ReadAll(SqliteDataReader reader)
    {
        var members = new List<MemberRecord>();
        while (reader.Read())
        {
            members.Add(
                Read(
                    reader.GetString(0),
                    reader.GetInt64(1),
                    reader.GetFieldValue<byte[]>(2),
                    reader.GetFieldValue<byte[]>(3)
                )
            );
        }
        return members;
    }

    private static MemberRecord Read(
        string memberId,
        long revision,
        ReadOnlySpan<byte> documentBytes,
        ReadOnlySpan<byte> slotBytes
    )
    {
        var document = MemberDocument.Read(documentBytes);
        return new MemberRecord
        {
            MemberId = memberId,
            Revision = revision,
            Settings = document.Settings ?? MemberSettings.Default,
            RecentMutations = document.RecentMutations,
            Slots = SlotBytes.Read(slotBytes),
            Deletion = document.Deletion,
        };
    }
}
