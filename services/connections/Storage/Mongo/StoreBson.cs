using System.Globalization;
using MongoDB.Bson;

namespace Platform.Connections.Storage.Mongo;

/// <summary>
/// The collection <c>store</c>: one document, which tells this database from any other. It is never written again, and the
/// collection is not sharded.
/// <code>
/// _id       "identity"
/// identity  a random name, in hexadecimal digits
/// </code>
/// </summary>
internal static class StoreBson
{
    public const string Collection = "store";

    private const string Id = "_id";
    private const string Identity = "identity";

    public static BsonDocument Filter => new(Id, Identity);

    public static BsonDocument Of(Guid identity) =>
        new()
        {
            [Id] = Identity,
            [Identity] = identity.ToString("N", CultureInfo.InvariantCulture),
        };

    public static string ReadIdentity(BsonDocument document) => document[Identity].AsString;
}
