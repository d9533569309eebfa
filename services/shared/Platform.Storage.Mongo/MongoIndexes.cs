using MongoDB.Bson;
using MongoDB.Driver;

namespace Platform.Storage.Mongo;

/// <summary>
/// The indexes a store needs on a collection; made at start by <see cref="MongoIndexWorker"/>. An index is known by its name, so
/// one that changes gets a new name, and the old one is dropped by hand once no running build needs it.
/// </summary>
/// <param name="Collection">The collection.</param>
/// <param name="Indexes">The indexes, each with its name.</param>
public sealed record MongoIndexes(
    string Collection,
    IReadOnlyList<CreateIndexModel<BsonDocument>> Indexes
);
