namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>The network, on MongoDB.</summary>
public sealed class MongoNetworkTests : NetworkTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoNetworkTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
