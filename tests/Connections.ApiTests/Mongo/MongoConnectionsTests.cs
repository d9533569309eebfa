namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Connections on MongoDB.</summary>
public sealed class MongoConnectionsTests : ConnectionsTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoConnectionsTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
