namespace Platform.Tests.Messaging.ApiTests.Mongo;

/// <summary>Streams on MongoDB.</summary>
public sealed class MongoLiveTests : LiveTests, IClassFixture<MongoMessagingFixture>
{
    public MongoLiveTests(MongoMessagingFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
