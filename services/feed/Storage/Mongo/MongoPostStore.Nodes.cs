using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Feed.Posts;
using Platform.Storage.Mongo;

namespace Platform.Feed.Storage.Mongo;

/// <content>Numbers of replicas, for ids of posts.</content>
public sealed partial class MongoPostStore
{
    /// <inheritdoc />
    public Task<PostId?> GetLargestIdAsync(CancellationToken cancellationToken) =>
        _connection.RunAsync<PostId?>(
            async cancel =>
            {
                var document = await Posts
                    .Find(new BsonDocument())
                    .Sort(new BsonDocument(PostBson.Id, -1))
                    .Limit(1)
                    .Project(new BsonDocument(PostBson.Id, 1))
                    .FirstOrDefaultAsync(cancel);
                return document is null ? null : PostBson.ReadId(document);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<bool> HoldNodeAsync(
        int node,
        string owner,
        DateTimeOffset now,
        DateTimeOffset end,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                try
                {
                    // where another holds it, nothing is found, and the insertion meets what is there
                    await Nodes.UpdateOneAsync(
                        new BsonDocument
                        {
                            [PostBson.Id] = node,
                            ["$or"] = new BsonArray
                            {
                                new BsonDocument(PostBson.NodeOwner, owner),
                                new BsonDocument(
                                    PostBson.NodeEnd,
                                    new BsonDocument("$lte", PostBson.Time(now))
                                ),
                            },
                        },
                        new BsonDocument(
                            "$set",
                            new BsonDocument
                            {
                                [PostBson.NodeOwner] = owner,
                                [PostBson.NodeEnd] = PostBson.Time(end),
                            }
                        ),
                        new UpdateOptions { IsUpsert = true },
                        cancel
                    );
                    return true;
                }
                catch (MongoWriteException exception) when (MongoErrors.IsDuplicateKey(exception))
                {
                    return false;
                }
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task ReleaseNodeAsync(int node, string owner, CancellationToken cancellationToken) =>
        _connection.RunAsync(
            cancel =>
                Nodes.DeleteOneAsync(
                    new BsonDocument { [PostBson.Id] = node, [PostBson.NodeOwner] = owner },
                    cancel
                ),
            cancellationToken
        );
}
