namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Races of blocks on MongoDB.</summary>
public sealed class MongoBlockRaceTests : BlockRaceTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoBlockRaceTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
