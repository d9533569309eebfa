using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Storage.Sqlite;

namespace Platform.Feed.Storage.Sqlite;

/// <content>Editing, deleting and erasing.</content>
public sealed partial class SqlitePostStore
{
    public Task<UpdateStatus> UpdateAsync(
        PostId id,
        int expectedRevision,
        PostChange change,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        var trace = PostTrace.OfCurrentCall;
        return _database.WriteAsync(
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
                    RestartJob(session, id, change.UpdateTime, trace);
                }
                return UpdateStatus.Updated;
            },
            cancellationToken
        );
    }

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
}
