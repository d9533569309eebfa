using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Storage.Sqlite;

namespace Platform.Feed.Storage.Sqlite;

/// <content>Jobs of the fan-out: leases, progress and what waits.</content>
public sealed partial class SqlitePostStore
{
    public async Task<LeasedJob?> LeaseJobAsync(
        DateTimeOffset now,
        DateTimeOffset leaseEnd,
        CancellationToken cancellationToken
    )
    {
        // looking costs less than a write transaction, and mostly there is nothing
        var due = await _database.ReadAsync(
            session =>
                session
                    .Command(SelectDue)
                    .Bind("$now", now.ToUnixTimeMilliseconds())
                    .ExecuteScalar()
                    is not null,
            cancellationToken
        );
        return due
            ? await _database.WriteAsync(
                session => Lease(session, now, leaseEnd),
                cancellationToken
            )
            : null;
    }

    public async Task<bool> RecallJobsAsync(
        DateTimeOffset now,
        TimeSpan farthest,
        CancellationToken cancellationToken
    )
    {
        var beyond = (now + farthest).ToUnixTimeMilliseconds();
        // looking costs less than a write transaction, and mostly there is nothing
        var some = await _database.ReadAsync(
            session =>
                session
                    .Command(
                        "SELECT 1 FROM posts WHERE job_state = 1 AND job_due_ms > $beyond LIMIT 1"
                    )
                    .Bind("$beyond", beyond)
                    .ExecuteScalar()
                    is not null,
            cancellationToken
        );
        return some
            && await _database.WriteAsync(
                session =>
                    session
                        .Command(
                            "UPDATE posts SET job_due_ms = $now WHERE job_state = 1 AND job_due_ms > $beyond"
                        )
                        .Bind("$now", now.ToUnixTimeMilliseconds())
                        .Bind("$beyond", beyond)
                        .ExecuteNonQuery() > 0,
                cancellationToken
            );
    }

    public Task<bool> AdvanceJobAsync(
        LeasedJob lease,
        string position,
        DeliveryCounts counts,
        DateTimeOffset due,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
                session
                    .Command(
                        "UPDATE posts SET job_position = $position, job_processed = job_processed + $processed, "
                            + "job_reached = job_reached + $reached, job_failures = 0, job_reason = NULL, job_due_ms = $due "
                            + OfLease
                    )
                    .Bind("$position", position)
                    .Bind("$processed", counts.Processed)
                    .Bind("$reached", counts.Reached)
                    .Bind("$due", due.ToUnixTimeMilliseconds())
                    .BindLease(lease)
                    .ExecuteNonQuery() > 0,
            cancellationToken
        );

    public Task<bool> CompleteJobAsync(
        LeasedJob lease,
        DeliveryCounts counts,
        bool pulled,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
                session
                    .Command(
                        "UPDATE posts SET job_state = $state, job_lease = NULL, job_position = '', "
                            + "job_processed = job_processed + $processed, job_reached = job_reached + $reached, job_failures = 0, "
                            + "job_reason = NULL, job_complete_ms = $now "
                            + OfLease
                    )
                    .Bind("$processed", counts.Processed)
                    .Bind("$reached", counts.Reached)
                    .Bind("$state", (int)(pulled ? DeliveryState.Pulled : DeliveryState.Delivered))
                    .Bind("$now", now.ToUnixTimeMilliseconds())
                    .BindLease(lease)
                    .ExecuteNonQuery() > 0,
            cancellationToken
        );

    public Task<bool> RetryJobAsync(
        LeasedJob lease,
        string reason,
        DateTimeOffset due,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
                session
                    .Command(
                        "UPDATE posts SET job_lease = NULL, job_due_ms = $due, job_reason = $reason, "
                            + "job_retries = job_retries + 1, job_failures = job_failures + 1 "
                            + OfLease
                    )
                    .Bind("$due", due.ToUnixTimeMilliseconds())
                    .Bind("$reason", reason)
                    .BindLease(lease)
                    .ExecuteNonQuery() > 0,
            cancellationToken
        );

    public Task<bool> ReleaseJobAsync(
        LeasedJob lease,
        DateTimeOffset due,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
                session
                    .Command("UPDATE posts SET job_lease = NULL, job_due_ms = $due " + OfLease)
                    .Bind("$due", due.ToUnixTimeMilliseconds())
                    .BindLease(lease)
                    .ExecuteNonQuery() > 0,
            cancellationToken
        );

    public Task<Unpushed> ListUnpushedAsync(
        DateTimeOffset pulledAfter,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync(
            session =>
            {
                // open ones first: what is closed in between is then in both
                using var open = session
                    .Command(
                        $"SELECT {Columns} FROM posts INDEXED BY posts_open WHERE job_state = 1 ORDER BY id DESC LIMIT $limit"
                    )
                    .Bind("$limit", limit)
                    .ExecuteReader();
                var opened = ToRecords(open);
                using var pulled = session
                    .Command(
                        $"SELECT {Columns} FROM posts INDEXED BY posts_pulled WHERE job_state = 4 AND job_complete_ms > $after "
                            + "AND delete_ms IS NULL ORDER BY job_complete_ms DESC LIMIT $limit"
                    )
                    .Bind("$after", pulledAfter.ToUnixTimeMilliseconds())
                    .Bind("$limit", limit)
                    .ExecuteReader();
                return new Unpushed(opened, ToRecords(pulled));
            },
            cancellationToken
        );

    public Task<DeliveryBacklog> GetBacklogAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(
            session =>
            {
                using var reader = session
                    .Command(
                        "SELECT count(*), coalesce(sum(job_failures > 0), 0), min(create_ms) FROM posts WHERE job_state = 1"
                    )
                    .ExecuteReader();
                reader.Read();
                return new DeliveryBacklog(
                    reader.GetInt64(0),
                    reader.GetInt64(1),
                    ToTime(reader.GetInt64OrNull(2))
                );
            },
            cancellationToken
        );

    private const string SelectDue =
        "SELECT id FROM posts WHERE job_state = 1 AND job_due_ms <= $now ORDER BY job_due_ms, id LIMIT 1";

    private const string OfLease = "WHERE id = $id AND job_state = 1 AND job_lease = $lease";

    private static void RestartJob(
        SqliteSession session,
        PostId id,
        DateTimeOffset now,
        string? trace
    ) =>
        session
            .Command(
                "UPDATE posts SET job_state = 1, job_due_ms = $now, job_lease = NULL, job_position = '', job_processed = 0, "
                    + "job_reached = 0, job_failures = 0, job_reason = NULL, job_start_ms = NULL, job_complete_ms = NULL, "
                    + "job_trace = $trace WHERE id = $id"
            )
            .Bind("$now", now.ToUnixTimeMilliseconds())
            .Bind("$trace", trace)
            .Bind("$id", id.Value)
            .ExecuteNonQuery();

    private static LeasedJob? Lease(
        SqliteSession session,
        DateTimeOffset now,
        DateTimeOffset leaseEnd
    )
    {
        var lease = Guid.NewGuid().ToString("n");
        using var reader = session
            .Command(
                "UPDATE posts SET job_lease = $lease, job_due_ms = $end, job_start_ms = coalesce(job_start_ms, $now) "
                    + $"WHERE id = ({SelectDue}) RETURNING {Columns}"
            )
            .Bind("$lease", lease)
            .Bind("$end", leaseEnd.ToUnixTimeMilliseconds())
            .Bind("$now", now.ToUnixTimeMilliseconds())
            .ExecuteReader();
        return reader.Read() ? new LeasedJob(ToRecord(reader).Job, lease) : null;
    }
}
