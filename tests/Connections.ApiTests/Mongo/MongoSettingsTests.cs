namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Settings on MongoDB.</summary>
public sealed class MongoSettingsTests : SettingsTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoSettingsTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
