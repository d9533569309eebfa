using Platform.Storage.Sqlite;

namespace Platform.Messaging.Storage.Sqlite;

/// <summary>The position on SQLite: one row.</summary>
public sealed class SqliteRecordPositionStore(SqliteDatabase database, TimeProvider time)
    : IRecordPositionStore
{
    /// <inheritdoc />
    public Task<bool> ClaimAsync(string holder, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            session =>
                session
                    .Command(
                        """
                        INSERT INTO record_position (id, cursor, since, holder, until)
                        VALUES (1, '', $now, $holder, $until)
                        ON CONFLICT (id) DO UPDATE SET holder = $holder, until = $until
                        WHERE holder = $holder OR until <= $now
                        """
                    )
                    .Bind("$holder", holder)
                    .Bind("$now", now.ToUnixTimeMilliseconds())
                    .Bind("$until", (now + life).ToUnixTimeMilliseconds())
                    .ExecuteNonQuery() == 1,
            cancellationToken
        );
    }

    /// <inheritdoc />
    public Task<RecordPosition> ReadAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
            {
                using var reader = session
                    .Command("SELECT cursor, since FROM record_position")
                    .ExecuteReader();
                return reader.Read()
                    ? new RecordPosition(reader.GetString(0), RowTime.At(reader.GetInt64(1)))
                    : new RecordPosition("", time.GetUtcNow());
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task StoreAsync(string cursor, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
                session
                    .Command("UPDATE record_position SET cursor = $cursor")
                    .Bind("$cursor", cursor)
                    .ExecuteNonQuery(),
            cancellationToken
        );
}
