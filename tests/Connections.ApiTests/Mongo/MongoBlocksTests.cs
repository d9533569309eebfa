namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Blocks on MongoDB.</summary>
public sealed class MongoBlocksTests : BlocksTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoBlocksTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
