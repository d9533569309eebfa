namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Watching on MongoDB.</summary>
public sealed class MongoWatchTests : WatchTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoWatchTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
