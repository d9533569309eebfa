using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Messaging.Members;
using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>The documents of members on SQLite.</summary>
public sealed class SqliteMemberStore(SqliteDatabase database) : IMemberStore
{
    /// <inheritdoc />
    public Task<MemberRecord> GetAsync(string memberId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                using var reader = session
                    .Command("SELECT id, revision, document FROM members WHERE id = $id")
                    .Bind("$id", memberId)
                    .ExecuteReader();
                return reader.Read() ? Read(reader) : MemberRecord.Of(memberId);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<MemberRecord>> FindAsync(
        IReadOnlyCollection<string> memberIds,
        CancellationToken cancellationToken
    ) =>
        database.ReadAsync<IReadOnlyList<MemberRecord>>(
            session =>
            {
                using var reader = session
                    .Command(
                        "SELECT id, revision, document FROM members WHERE id IN (SELECT value FROM json_each($ids))"
                    )
                    .Bind("$ids", JsonSerializer.Serialize(memberIds))
                    .ExecuteReader();
                var found = new List<MemberRecord>();
                while (reader.Read())
                {
                    found.Add(Read(reader));
                }
                return found;
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
                var rows = session
                    .Command(
                        """
                        INSERT INTO members (id, revision, document) SELECT $id, $expected + 1, $document
                        WHERE $expected = (SELECT coalesce(max(revision), 0) FROM members WHERE id = $id)
                        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, document = excluded.document
                        """
                    )
                    .Bind("$id", next.MemberId)
                    .Bind("$expected", next.Revision)
                    .Bind("$document", MemberDocument.Write(next))
                    .ExecuteNonQuery();
                return rows == 1 ? next with { Revision = next.Revision + 1 } : null;
            },
            cancellationToken
        );

    private static MemberRecord Read(SqliteDataReader reader) =>
        MemberDocument.Read(
            reader.GetString(0),
            reader.GetInt64(1),
            reader.GetFieldValue<byte[]>(2)
        );
}
