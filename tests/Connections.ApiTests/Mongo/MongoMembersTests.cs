namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Erasing members on MongoDB.</summary>
public sealed class MongoMembersTests : MembersTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoMembersTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
