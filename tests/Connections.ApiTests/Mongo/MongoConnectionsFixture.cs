using Platform.Testing.Containers;

[assembly: AssemblyFixture(typeof(MongoContainer))]

namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>The connections service with a database of its own on MongoDB in a container.</summary>
public sealed class MongoConnectionsFixture(MongoContainer mongo) : ConnectionsFixture
{
    /// <summary>Ends a test as skipped where there is no container.</summary>
    public void SkipUnlessThere() =>
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");

    /// <summary>The settings of a database of its own.</summary>
    public static KeyValuePair<string, string?>[] Settings(MongoContainer mongo) =>
        [
            new("Storage:Engine", "MongoDb"),
            new("Storage:ConnectionString", mongo.ConnectionString),
            new("Storage:Database", MongoContainer.NewDatabaseName()),
        ];

    /// <summary>The settings of a database of its own in a container that runs; null where none can.</summary>
    public static async Task<KeyValuePair<string, string?>[]?> FindAsync(MongoContainer mongo)
    {
        await mongo.StartAsync(CancellationToken.None);
        return mongo.Problem is null
            // the machine of a test may be busy with something else
            ? [.. Settings(mongo), new("Storage:CommandTimeout", "00:00:30")]
            : null;
    }

    protected override Task<KeyValuePair<string, string?>[]?> FindStorageAsync() =>
        FindAsync(mongo);
}
