using Microsoft.Data.Sqlite;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Storage.Sqlite;

namespace Platform.Feed.Storage.Sqlite;

/// <summary>Posts in one SQLite file.</summary>
public sealed class SqlitePostStore(string path) : IPostStore, IDisposable
{
    private const string Columns =
        "id, author_kind, author_id, kind, text, hashtags, audience, profile_change, create_ms, update_ms, revision, "
        + "delete_ms, job_state, job_position, job_processed, job_reached, job_retries, job_failures, job_reason, "
        + "job_start_ms, job_complete_ms";

    private readonly SqliteDatabase _database = new(path, PostSchema.Migrations);

    public async Task<CreateOutcome> CreateAsync(
        Post post,
        RequestKey? request,
        CancellationToken cancellationToken
    ) =>
        await _database.WriteAsync(
            session =>
                FindRepeated(session, post, request)
                ?? FindTaken(session, post.Id)
                ?? Insert(session, post, request),
            cancellationToken
        );

    public Task<Post?> GetAsync(PostId id, CancellationToken cancellationToken) =>
        _database.ReadAsync(session => ReadPost(session, id), cancellationToken);

    public Task<IReadOnlyList<Post>> GetManyAsync(
        IReadOnlyCollection<PostId> ids,
        CancellationToken cancellationToken
    ) =>
        _database
            .ReadAsync<IReadOnlyCollection<PostId>, IReadOnlyList<Post>>(
                ids,
                static (session, ids) =>
                {
                    var posts = new List<Post>(ids.Count);
                    var seen = new HashSet<PostId>(ids.Count);
                    foreach (var id in ids)
                    {
                        if (seen.Add(id) && ReadPost(session, id) is { } post)
                        {
                            posts.Add(post);
                        }
                    }
                    return posts;
                },
                cancellationToken
            )
            .AsTask();

    public Task<PostRecord?> GetRecordAsync(PostId id, CancellationToken cancellationToken) =>
        _database.ReadAsync(session => ReadRecord(session, id), cancellationToken);

    public Task<IReadOnlyList<Post>> ListByAuthorAsync(
        EntityRef author,
        PostId before,
        int limit,
        bool connectionsOnlyToo,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync<IReadOnlyList<Post>>(
            session =>
            {
                using var reader = session
                    .Command(
                        $"SELECT {Columns} FROM posts WHERE author_kind = $kind AND author_id = $author AND id < $before "
                            + "AND delete_ms IS NULL AND audience <= $audience ORDER BY id DESC LIMIT $limit"
                    )
                    .Bind("$kind", (int)author.Kind)
                    .Bind("$author", author.Id)
                    .Bind("$before", before.Value)
                    .Bind("$audience", (int)WidestOf(connectionsOnlyToo))
                    .Bind("$limit", limit)
                    .ExecuteReader();
                return [.. ToRecords(reader).Select(record => record.Post)];
            },
            cancellationToken
        );

    public Task<IReadOnlyList<PostId>> ListRecentIdsAsync(
        IReadOnlyCollection<PostSource> sources,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _database.ReadAsync<IReadOnlyList<PostId>>(
            session =>
            {
                // the newest so far, its oldest at the front: a source is read only as far as it can still contribute
                var newest = new SortedSet<PostId>();
                foreach (var source in sources)
                {
                    var threshold = newest.Count < limit ? default : newest.Min;
                    using var reader = RecentOf(session, source, threshold, limit);
                    while (reader.Read())
                    {
                        newest.Add(new PostId(reader.GetInt64(0)));
                        if (newest.Count > limit)
                        {
                            newest.Remove(newest.Min);
                        }
                    }
                }
                return [.. newest.Reverse()];
            },
            cancellationToken
        );

    public Task<UpdateStatus> UpdateAsync(
        PostId id,
        int expectedRevision,
        PostChange change,
        RequestKey? request,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
            {
                if (request is not null && FindUpdate(session, id, request) is { } known)
                {
                    return known;
                }
                var changed = session
                    .Command(
                        "UPDATE posts SET text = $text, hashtags = $hashtags, audience = $audience, update_ms = $now, "
                            + "revision = revision + 1, update_request_id = $request, update_request_fingerprint = $fingerprint "
                            + "WHERE id = $id AND revision = $revision AND delete_ms IS NULL"
                    )
                    .Bind("$text", change.Text)
                    .Bind("$hashtags", string.Join(' ', change.Hashtags))
                    .Bind("$audience", (int)change.Audience)
                    .Bind("$now", change.UpdateTime.ToUnixTimeMilliseconds())
                    .Bind("$request", request?.Id)
                    .Bind("$fingerprint", request?.Fingerprint)
                    .Bind("$id", id.Value)
                    .Bind("$revision", expectedRevision)
                    .ExecuteNonQuery();
                if (changed == 0)
                {
                    return UpdateStatus.Stale;
                }
                RemoveTags(session, id);
                AddTags(session, id, change.Hashtags);
                if (change.RestartDelivery)
                {
                    RestartJob(session, id, change.UpdateTime);
                }
                return UpdateStatus.Updated;
            },
            cancellationToken
        );

    public Task<bool> DeleteAsync(
        PostId id,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
            {
                RemoveTags(session, id);
                return session
                        .Command(
                            "UPDATE posts SET text = '', hashtags = '', delete_ms = $now, revision = revision + 1, job_lease = NULL, "
                                + "job_position = '', job_state = CASE job_state WHEN 1 THEN 3 ELSE job_state END "
                                + "WHERE id = $id AND delete_ms IS NULL"
                        )
                        .Bind("$now", now.ToUnixTimeMilliseconds())
                        .Bind("$id", id.Value)
                        .ExecuteNonQuery() > 0;
            },
            cancellationToken
        );

    public Task<int> EraseAuthorAsync(
        EntityRef author,
        int limit,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
                // post_tags goes along by its foreign key
                session
                    .Command(
                        "DELETE FROM posts WHERE id IN (SELECT id FROM posts WHERE author_kind = $kind AND author_id = $author LIMIT $limit)"
                    )
                    .Bind("$kind", (int)author.Kind)
                    .Bind("$author", author.Id)
                    .Bind("$limit", limit)
                    .ExecuteNonQuery(),
            cancellationToken
        );

    public Task<PostId?> GetLargestIdAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync<PostId?>(
            session =>
                session.Command("SELECT max(id) FROM posts").ExecuteScalar() is long id
                    ? new PostId(id)
                    : null,
            cancellationToken
        );

    public Task<bool> HoldNodeAsync(
        int node,
        string owner,
        DateTimeOffset now,
        DateTimeOffset end,
        CancellationToken cancellationToken
    ) =>
        _database.WriteAsync(
            session =>
                session
                    .Command(
                        "INSERT INTO post_nodes (node, owner, end_ms) VALUES ($node, $owner, $end) ON CONFLICT (node) DO UPDATE "
                            + "SET owner = $owner, end_ms = $end WHERE owner = $owner OR end_ms <= $now"
                    )
                    .Bind("$node", node)
                    .Bind("$owner", owner)
                    .Bind("$end", end.ToUnixTimeMilliseconds())
                    .Bind("$now", now.ToUnixTimeMilliseconds())
                    .ExecuteNonQuery() > 0,
            cancellationToken
        );

    public Task ReleaseNodeAsync(int node, string owner, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            session =>
                session
                    .Command("DELETE FROM post_nodes WHERE node = $node AND owner = $owner")
                    .Bind("$node", node)
                    .Bind("$owner", owner)
                    .ExecuteNonQuery(),
            cancellationToken
        );

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

    public void Dispose() => _database.Dispose();

    private const string SelectDue =
        "SELECT id FROM posts WHERE job_state = 1 AND job_due_ms <= $now ORDER BY job_due_ms, id LIMIT 1";

    private const string OfLease = "WHERE id = $id AND job_state = 1 AND job_lease = $lease";

    private static CreateOutcome? FindRepeated(
        SqliteSession session,
        Post post,
        RequestKey? request
    )
    {
        if (request is null)
        {
            return null;
        }
        using var reader = session
            .Command(
                $"SELECT {Columns}, request_fingerprint FROM posts "
                    + "WHERE author_kind = $kind AND author_id = $author AND request_id = $request"
            )
            .Bind("$kind", (int)post.Author.Kind)
            .Bind("$author", post.Author.Id)
            .Bind("$request", request.Id)
            .ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }
        var record = ToRecord(reader);
        return reader.GetString(reader.FieldCount - 1) == request.Fingerprint
            ? new CreateOutcome(
                CreateStatus.Repeated,
                record.DeleteTime is null ? record.Post : null
            )
            : new CreateOutcome(CreateStatus.RequestIdReused, null);
    }

    private static CreateOutcome? FindTaken(SqliteSession session, PostId id) =>
        session.Command("SELECT 1 FROM posts WHERE id = $id").Bind("$id", id.Value).ExecuteScalar()
            is null
            ? null
            : new CreateOutcome(CreateStatus.IdTaken, null);

    private static CreateOutcome Insert(SqliteSession session, Post post, RequestKey? request)
    {
        session
            .Command(
                "INSERT INTO posts (id, author_kind, author_id, kind, text, hashtags, audience, profile_change, create_ms, "
                    + "update_ms, revision, request_id, request_fingerprint, job_state, job_due_ms, job_position, job_processed, "
                    + "job_reached, job_retries, job_failures) VALUES ($id, $authorKind, $author, $kind, $text, $hashtags, "
                    + "$audience, $change, $created, $updated, $revision, $request, $fingerprint, 1, $created, '', 0, 0, 0, 0)"
            )
            .Bind("$id", post.Id.Value)
            .Bind("$authorKind", (int)post.Author.Kind)
            .Bind("$author", post.Author.Id)
            .Bind("$kind", (int)post.Kind)
            .Bind("$text", post.Text)
            .Bind("$hashtags", string.Join(' ', post.Hashtags))
            .Bind("$audience", (int)post.Audience)
            .Bind("$change", (int?)post.ProfileChange)
            .Bind("$created", post.CreateTime.ToUnixTimeMilliseconds())
            .Bind("$updated", post.UpdateTime?.ToUnixTimeMilliseconds())
            .Bind("$revision", post.Revision)
            .Bind("$request", request?.Id)
            .Bind("$fingerprint", request?.Fingerprint)
            .ExecuteNonQuery();
        AddTags(session, post.Id, post.Hashtags);
        return new CreateOutcome(CreateStatus.Created, post);
    }

    private static UpdateStatus? FindUpdate(SqliteSession session, PostId id, RequestKey request)
    {
        using var reader = session
            .Command(
                "SELECT update_request_id, update_request_fingerprint FROM posts WHERE id = $id AND delete_ms IS NULL"
            )
            .Bind("$id", id.Value)
            .ExecuteReader();
        if (!reader.Read() || reader.GetStringOrNull(0) != request.Id)
        {
            return null;
        }
        return reader.GetStringOrNull(1) == request.Fingerprint
            ? UpdateStatus.Repeated
            : UpdateStatus.RequestIdReused;
    }

    private static void RestartJob(SqliteSession session, PostId id, DateTimeOffset now) =>
        session
            .Command(
                "UPDATE posts SET job_state = 1, job_due_ms = $now, job_lease = NULL, job_position = '', job_processed = 0, "
                    + "job_reached = 0, job_failures = 0, job_reason = NULL, job_start_ms = NULL, job_complete_ms = NULL WHERE id = $id"
            )
            .Bind("$now", now.ToUnixTimeMilliseconds())
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

    private static SqliteDataReader RecentOf(
        SqliteSession session,
        PostSource source,
        PostId threshold,
        int limit
    ) =>
        source.Entity.Kind == EntityKind.Hashtag
            ? session
                .Command(
                    "SELECT t.id FROM post_tags t JOIN posts p ON p.id = t.id WHERE t.tag = $tag AND t.id > $threshold "
                        + "AND p.audience = 1 AND p.delete_ms IS NULL ORDER BY t.id DESC LIMIT $limit"
                )
                .Bind("$tag", source.Entity.Id)
                .Bind("$threshold", threshold.Value)
                .Bind("$limit", limit)
                .ExecuteReader()
            : session
                .Command(
                    "SELECT id FROM posts WHERE author_kind = $kind AND author_id = $author AND id > $threshold "
                        + "AND delete_ms IS NULL AND audience <= $audience ORDER BY id DESC LIMIT $limit"
                )
                .Bind("$kind", (int)source.Entity.Kind)
                .Bind("$author", source.Entity.Id)
                .Bind("$threshold", threshold.Value)
                .Bind("$audience", (int)WidestOf(source.ConnectionsOnlyToo))
                .Bind("$limit", limit)
                .ExecuteReader();

    // the audiences are numbered from the widest to the narrowest
    private static PostAudience WidestOf(bool connectionsOnlyToo) =>
        connectionsOnlyToo ? PostAudience.Connections : PostAudience.Everyone;

    private static void AddTags(SqliteSession session, PostId id, IReadOnlyList<string> tags)
    {
        foreach (var tag in tags)
        {
            session
                .Command("INSERT INTO post_tags (tag, id) VALUES ($tag, $id)")
                .Bind("$tag", tag)
                .Bind("$id", id.Value)
                .ExecuteNonQuery();
        }
    }

    private static void RemoveTags(SqliteSession session, PostId id) =>
        session
            .Command("DELETE FROM post_tags WHERE id = $id")
            .Bind("$id", id.Value)
            .ExecuteNonQuery();

    private static PostRecord? ReadRecord(SqliteSession session, PostId id)
    {
        using var reader = session
            .Command($"SELECT {Columns} FROM posts WHERE id = $id")
            .Bind("$id", id.Value)
            .ExecuteReader();
        return reader.Read() ? ToRecord(reader) : null;
    }

    /// <summary>
    /// A post that is not deleted, without its job. Home feeds read dozens a page, so it goes without ADO.NET.
    /// </summary>
    private static Post? ReadPost(SqliteSession session, PostId id)
    {
        using var row = session.Statement(
            "SELECT author_kind, author_id, kind, text, hashtags, audience, profile_change, create_ms, update_ms, revision "
                + "FROM posts WHERE id = ?1 AND delete_ms IS NULL"
        );
        if (!row.Bind(1, id.Value).Step())
        {
            return null;
        }
        return new Post(
            id,
            new EntityRef((EntityKind)row.GetInt32(0), row.GetString(1)),
            (PostKind)row.GetInt32(2),
            row.GetString(3),
            row.GetString(4) is { Length: > 0 } tags ? tags.Split(' ') : [],
            (PostAudience)row.GetInt32(5),
            row.IsNull(6) ? null : (ProfileChangeKind)row.GetInt32(6),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
            row.IsNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(8)),
            row.GetInt32(9)
        );
    }

    private static List<PostRecord> ToRecords(SqliteDataReader reader)
    {
        var records = new List<PostRecord>();
        while (reader.Read())
        {
            records.Add(ToRecord(reader));
        }
        return records;
    }

    private static PostRecord ToRecord(SqliteDataReader reader)
    {
        var id = new PostId(reader.GetInt64(0));
        var author = new EntityRef((EntityKind)reader.GetInt32(1), reader.GetString(2));
        var hashtags = reader.GetString(5) is { Length: > 0 } tags ? tags.Split(' ') : [];
        var audience = (PostAudience)reader.GetInt32(6);
        var created = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8));
        var post = new Post(
            id,
            author,
            (PostKind)reader.GetInt32(3),
            reader.GetString(4),
            hashtags,
            audience,
            (ProfileChangeKind?)reader.GetInt64OrNull(7),
            created,
            ToTime(reader.GetInt64OrNull(9)),
            reader.GetInt32(10)
        );
        var job = new DeliveryJob(
            id,
            author,
            audience,
            hashtags,
            created,
            (DeliveryState)reader.GetInt32(12),
            reader.GetString(13),
            new DeliveryCounts(reader.GetInt64(14), reader.GetInt64(15)),
            reader.GetInt32(16),
            reader.GetInt32(17),
            reader.GetStringOrNull(18),
            ToTime(reader.GetInt64OrNull(19)),
            ToTime(reader.GetInt64OrNull(20))
        );
        return new PostRecord(post, ToTime(reader.GetInt64OrNull(11)), job);
    }

    private static DateTimeOffset? ToTime(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
