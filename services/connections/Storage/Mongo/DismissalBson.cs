using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// The collection <c>dismissals</c>: one document for each whom a member does not want to be suggested.
/// <code>
/// _id            "member|other"
/// member, other  the two; the shard key is { member: "hashed", other: 1 }, see docs/adr/0008
/// </code>
/// </summary>
internal static class DismissalBson
{
    public const string Collection = "dismissals";

    public const string Id = "_id";
    public const string Member = "member";
    public const string Other = "other";

    public static readonly MongoIndexes Indexes = new(
        Collection,
        [
            new CreateIndexModel<BsonDocument>(
                new BsonDocument { [Member] = 1, [Other] = 1 },
                new CreateIndexOptions { Name = "member" }
            ),
            new CreateIndexModel<BsonDocument>(
                new BsonDocument(Other, 1),
                new CreateIndexOptions { Name = "other" }
            ),
        ]
    );

    /// <summary>The whole document, and the filter of it, for a router too.</summary>
    public static BsonDocument Of(string member, string other) =>
        new()
        {
            [Id] = $"{member}|{other}",
            [Member] = member,
            [Other] = other,
        };
}
