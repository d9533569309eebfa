namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Recommendations on MongoDB.</summary>
public sealed class MongoRecommendationsTests
    : RecommendationsTests,
        IClassFixture<MongoConnectionsFixture>
{
    public MongoRecommendationsTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
