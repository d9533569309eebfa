using Microsoft.Data.Sqlite;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Storage.Sqlite;

namespace Platform.Feed.Storage.Sqlite;

/// <summary>Posts in one SQLite file.</summary>
public sealed partial class SqlitePostStore(string path) : IPostStore, IDisposable
{
    private const string Columns =
        "id, author_kind, author_id, kind, text, hashtags, audience, profile_change, create_ms, update_ms, revision, "
        + "delete_ms, job_state, job_position, job_processed, job_reached, job_retries, job_failures, job_reason, "
        + "job_start_ms, job_complete_ms, job_trace";

    private readonly SqliteDatabase _database = new(path, PostSchema.Migrations);

    public async Task<CreateOutcome> CreateAsync(
        Post post,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        // a write may run on the thread of another's call
        var trace = PostTrace.OfCurrentCall;
        return await _database.WriteAsync(
            session =>
                FindRepeated(session, post, request)
                ?? FindTaken(session, post.Id)
                ?? Insert(session, post, request, trace),
            cancellationToken
        );
    }

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

    public void Dispose() => _database.Dispose();

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

    private static CreateOutcome Insert(
        SqliteSession session,
        Post post,
        RequestKey? request,
        string? trace
    )
    {
        session
            .Command(
                "INSERT INTO posts (id, author_kind, author_id, kind, text, hashtags, audience, profile_change, create_ms, "
                    + "update_ms, revision, request_id, request_fingerprint, job_state, job_due_ms, job_position, job_processed, "
                    + "job_reached, job_retries, job_failures, job_trace) VALUES ($id, $authorKind, $author, $kind, $text, $hashtags, "
                    + "$audience, $change, $created, $updated, $revision, $request, $fingerprint, 1, $created, '', 0, 0, 0, 0, $trace)"
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
            .Bind("$trace", trace)
            .ExecuteNonQuery();
        AddTags(session, post.Id, post.Hashtags);
        return new CreateOutcome(CreateStatus.Created, post);
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
            ToTime(reader.GetInt64OrNull(20)),
            reader.GetStringOrNull(21)
        );
        return new PostRecord(post, ToTime(reader.GetInt64OrNull(11)), job);
    }

    private static DateTimeOffset? ToTime(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
