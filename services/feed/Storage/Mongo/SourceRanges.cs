using MongoDB.Bson;
using Platform.Feed.Posts;

namespace Platform.Feed.Storage.Mongo;

/// <summary>
/// Some sources whose newest posts one query finds. The server merges one range of an index for each of them, newest first,
/// and stops at the limit: it reads as many entries as there are ranges and results, however many posts a source has. It does
/// so for up to 200 ranges (<c>internalQueryMaxScansToExplode</c>); beyond, it would read and sort everything.
/// </summary>
/// <param name="Filter">Which posts.</param>
/// <param name="Index">The index with the ranges.</param>
internal sealed record SourceRanges(BsonDocument Filter, string Index)
{
    private const int MostRanges = 200;

    /// <summary>All sources, in as few queries as may be.</summary>
    public static IEnumerable<SourceRanges> Of(IReadOnlyCollection<PostSource> sources)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        var close = new HashSet<string>(StringComparer.Ordinal);
        var tags = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entity, connectionsOnlyToo) in sources)
        {
            if (entity.Kind == EntityKind.Hashtag)
            {
                tags.Add(entity.Id);
            }
            else
            {
                (connectionsOnlyToo ? close : open).Add(PostBson.KeyOf(entity));
            }
        }
        return
        [
            .. Batches(PostBson.Author, open, PostBson.ByAuthorIndex, connectionsOnlyToo: false),
            .. Batches(PostBson.Author, close, PostBson.ByAuthorIndex, connectionsOnlyToo: true),
            .. Batches(PostBson.Hashtags, tags, PostBson.ByHashtagIndex, connectionsOnlyToo: false),
        ];
    }

    /// <summary>The condition on <see cref="PostBson.Listed"/>: in lists, and for whom.</summary>
    public static BsonValue ListedFor(bool connectionsOnlyToo) =>
        connectionsOnlyToo
            ? new BsonDocument(
                "$in",
                new BsonArray { (int)PostAudience.Everyone, (int)PostAudience.Connections }
            )
            : (int)PostAudience.Everyone;

    private static IEnumerable<SourceRanges> Batches(
        string field,
        IReadOnlyCollection<string> keys,
        string index,
        bool connectionsOnlyToo
    ) =>
        keys.Chunk(connectionsOnlyToo ? MostRanges / 2 : MostRanges)
            .Select(batch => new SourceRanges(
                new BsonDocument
                {
                    [field] = new BsonDocument("$in", new BsonArray(batch)),
                    [PostBson.Listed] = ListedFor(connectionsOnlyToo),
                },
                index
            ));
}
