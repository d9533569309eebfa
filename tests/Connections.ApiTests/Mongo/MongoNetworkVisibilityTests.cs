namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>What settings hide of the network, on MongoDB.</summary>
public sealed class MongoNetworkVisibilityTests
    : NetworkVisibilityTests,
        IClassFixture<MongoConnectionsFixture>
{
    public MongoNetworkVisibilityTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
