namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Standings by columns on MongoDB.</summary>
public sealed class MongoStandingColumnsTests
    : StandingColumnsTests,
        IClassFixture<MongoConnectionsFixture>
{
    public MongoStandingColumnsTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
