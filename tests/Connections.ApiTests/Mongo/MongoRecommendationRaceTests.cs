namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Races for recommendations on MongoDB.</summary>
public sealed class MongoRecommendationRaceTests
    : RecommendationRaceTests,
        IClassFixture<MongoConnectionsFixture>
{
    public MongoRecommendationRaceTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
