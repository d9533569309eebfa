namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Connections in common, on MongoDB.</summary>
public sealed class MongoMutualConnectionsTests
    : MutualConnectionsTests,
        IClassFixture<MongoConnectionsFixture>
{
    public MongoMutualConnectionsTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
