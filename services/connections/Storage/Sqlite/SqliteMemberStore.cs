using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Connections.Members;
using Platform.Storage.Sqlite;

namespace Platform.Connections.Storage.Sqlite;

/// <summary>The documents of members on SQLite, for one process. Schema and its reasons: <see cref="ConnectionsSchema"/>.</summary>
public sealed class SqliteMemberStore(SqliteDatabase database) : IMemberStore
{
    private const string Columns = "id, revision, document";

    private const string GetSql = $"SELECT {Columns} FROM members WHERE id = $id";

    private const string GetManySql =
        $"SELECT {Columns} FROM members WHERE id IN (SELECT value FROM json_each($ids))";

    private const string InsertSql = """
        INSERT INTO members (id, revision, erasing_due, document) VALUES ($id, 1, $erasing_due, $document)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string UpdateSql = """
        UPDATE members SET revision = $expected + 1, erasing_due = $erasing_due, document = $document
        WHERE id = $id AND revision = $expected
        """;

    private const string ListSql =
        $"SELECT {Columns} FROM members WHERE id > $after ORDER BY id LIMIT $limit";

    private const string ErasingSql =
        $"SELECT {Columns} FROM members WHERE erasing_due <= $now ORDER BY erasing_due, id LIMIT $limit";

    /// <inheritdoc />
    public Task<MemberRecord> GetAsync(string memberId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                using var reader = session.Command(GetSql).Bind("$id", memberId).ExecuteReader();
                return reader.Read() ? Read(reader) : MemberRecord.Of(memberId);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<MemberRecord>> GetManyAsync(
        IReadOnlyList<string> memberIds,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<MemberRecord>>(
            session =>
            {
                var ids = JsonSerializer.Serialize(
                    [.. memberIds.Distinct(StringComparer.Ordinal)],
                    MemberDocumentJson.Default.StringArray
                );
                using var reader = session.Command(GetManySql).Bind("$ids", ids).ExecuteReader();
                var found = ReadAll(reader)
                    .ToDictionary(member => member.MemberId, StringComparer.Ordinal);
                return
                [
                    .. memberIds.Select(id =>
                        found.TryGetValue(id, out var member) ? member : MemberRecord.Of(id)
                    ),
                ];
            },
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
                var command = session.Command(next.Revision == 0 ? InsertSql : UpdateSql);
                if (next.Revision != 0)
                {
                    command.Bind("$expected", next.Revision);
                }
                var rows = command
                    .Bind("$id", next.MemberId)
                    .Bind("$erasing_due", next.Deletion?.DueTime?.ToUnixTimeMilliseconds())
                    .Bind("$document", MemberDocument.Write(next))
                    .ExecuteNonQuery();
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

    private static List<MemberRecord> ReadAll(SqliteDataReader reader)
    {
        var members = new List<MemberRecord>();
        while (reader.Read())
        {
            members.Add(Read(reader));
        }
        return members;
    }

    private static MemberRecord Read(SqliteDataReader reader)
    {
        var document = MemberDocument.Read(reader.GetFieldValue<byte[]>(2));
        return new MemberRecord
        {
            MemberId = reader.GetString(0),
            Revision = reader.GetInt64(1),
            Settings = document.Settings ?? MemberSettings.Default,
            RecentMutations = document.RecentMutations,
            Slots = document.Slots,
            Deletion = document.Deletion,
        };
    }
}
