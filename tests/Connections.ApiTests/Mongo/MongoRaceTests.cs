namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Races on MongoDB.</summary>
public sealed class MongoRaceTests : RaceTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoRaceTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
