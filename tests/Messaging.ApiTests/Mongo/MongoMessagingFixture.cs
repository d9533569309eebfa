using Platform.Testing.Containers;

[assembly: AssemblyFixture(typeof(MongoContainer))]

namespace Platform.Tests.Messaging.ApiTests.Mongo;

/// <summary>The messaging service with a database of its own on MongoDB in a container.</summary>
public sealed class MongoMessagingFixture(MongoContainer mongo) : MessagingFixture
{
    /// <summary>How long the store waits: longer than a busy machine takes, where a test is not about just that.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

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
                new("Storage:CommandTimeout", CommandTimeout.ToString("c")),
            ]
            : null;
    }
}
