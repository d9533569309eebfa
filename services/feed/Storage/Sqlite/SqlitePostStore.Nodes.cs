using Platform.Feed.Posts;
using Platform.Storage.Sqlite;

namespace Platform.Feed.Storage.Sqlite;

/// <content>Numbers of replicas, for ids of posts.</content>
public sealed partial class SqlitePostStore
{
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
}
