using Platform.Testing.Containers;

[assembly: AssemblyFixture(typeof(MongoContainer))]

namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>The feed with a database of its own on MongoDB in a container.</summary>
public sealed class MongoFeedPlatform(MongoContainer mongo) : FeedPlatform
{
    /// <summary>By default long: the machine of a test may be busy with something else.</summary>
    public string CommandTimeout { get; init; } = "00:00:30";

    /// <summary>Ends a test as skipped where there is no container.</summary>
    public void SkipUnlessThere() =>
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");

    protected override async Task<KeyValuePair<string, string?>[]?> FindStorageAsync()
    {
        await mongo.StartAsync(CancellationToken.None);
        return mongo.Problem is null
            ?
            [
                new("Storage:Engine", "MongoDb"),
                new("Storage:ConnectionString", mongo.ConnectionString),
                new("Storage:Database", MongoContainer.NewDatabaseName()),
                new("Storage:CommandTimeout", CommandTimeout),
            ]
            : null;
    }
}
