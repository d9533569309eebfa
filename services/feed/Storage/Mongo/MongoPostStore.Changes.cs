using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Feed.Posts;

namespace Platform.Feed.Storage.Mongo;

/// <content>Editing, deleting and erasing.</content>
public sealed partial class MongoPostStore
{
    /// <inheritdoc />
    public Task<UpdateStatus> UpdateAsync(
        PostId id,
        int expectedRevision,
        PostChange change,
        RequestKey? request,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                if (await FindAuthorAsync(id, cancel) is not { } author)
                {
                    return UpdateStatus.Stale;
                }
                var filter = PostBson.Filter(id, author);
                filter[PostBson.Revision] = expectedRevision;
                filter[PostBson.DeleteTime] = BsonNull.Value;
                if (request is not null)
                {
                    filter[PostBson.LastUpdateId] = new BsonDocument("$ne", request.Id);
                }
                var result = await Posts.UpdateOneAsync(
                    filter,
                    PostUpdates.Edit(change, request),
                    cancellationToken: cancel
                );
                return result.MatchedCount > 0 ? UpdateStatus.Updated
                    : request is null ? UpdateStatus.Stale
                    : await FindUpdateAsync(id, author, request, cancel);
            },
            cancellationToken
        );

    /// <inheritdoc />
    public Task<bool> DeleteAsync(
        PostId id,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        _connection.RunAsync(
            async cancel =>
            {
                if (await FindAuthorAsync(id, cancel) is not { } author)
                {
                    return false;
                }
                var filter = PostBson.Filter(id, author);
                filter[PostBson.DeleteTime] = BsonNull.Value;
                var result = await Posts.UpdateOneAsync(
                    filter,
                    PostUpdates.Delete(now),
                    cancellationToken: cancel
                );
                return result.MatchedCount > 0;
            },
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<int> EraseAuthorAsync(
        EntityRef author,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var key = PostBson.KeyOf(author);
        var erased = 0;
        while (erased < limit)
        {
            var ids = await _connection.RunAsync(
                cancel =>
                    Posts
                        .Find(new BsonDocument(PostBson.Author, key))
                        .Limit(limit - erased)
                        .Project(new BsonDocument(PostBson.Id, 1))
                        .ToListAsync(cancel),
                cancellationToken
            );
            if (ids.Count == 0)
            {
                break;
            }
            var result = await _connection.RunAsync(
                cancel =>
                    Posts.DeleteManyAsync(
                        new BsonDocument
                        {
                            [PostBson.Author] = key,
                            [PostBson.Id] = new BsonDocument(
                                "$in",
                                new BsonArray(ids.Select(found => found[PostBson.Id]))
                            ),
                        },
                        cancel
                    ),
                cancellationToken
            );
            // fewer than were found if somebody else erases too: then there may be more, and it looks again
            erased += (int)result.DeletedCount;
        }
        return erased;
    }

    private async Task<UpdateStatus> FindUpdateAsync(
        PostId id,
        string author,
        RequestKey request,
        CancellationToken cancel
    )
    {
        var document = await DurablePosts
            .Find(PostBson.Filter(id, author))
            .Project(new BsonDocument { [PostBson.LastUpdate] = 1, [PostBson.DeleteTime] = 1 })
            .FirstOrDefaultAsync(cancel);
        if (document is null || PostBson.IsDeleted(document))
        {
            return UpdateStatus.Stale;
        }
        var last = PostBson.ReadKey(document, PostBson.LastUpdate);
        return last == request ? UpdateStatus.Repeated
            : string.Equals(last?.Id, request.Id, StringComparison.Ordinal)
                ? UpdateStatus.RequestIdReused
            : UpdateStatus.Stale;
    }
}
