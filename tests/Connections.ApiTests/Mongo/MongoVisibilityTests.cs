namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Who sees what, on MongoDB.</summary>
public sealed class MongoVisibilityTests : VisibilityTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoVisibilityTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
