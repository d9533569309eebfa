namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Who sees which recommendation, on MongoDB.</summary>
public sealed class MongoRecommendationVisibilityTests
    : RecommendationVisibilityTests,
        IClassFixture<MongoConnectionsFixture>
{
    public MongoRecommendationVisibilityTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
