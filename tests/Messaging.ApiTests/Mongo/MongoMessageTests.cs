namespace Platform.Tests.Messaging.ApiTests.Mongo;

/// <summary>Messages on MongoDB.</summary>
public sealed class MongoMessageTests : MessageTests, IClassFixture<MongoMessagingFixture>
{
    public MongoMessageTests(MongoMessagingFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();

    // one conversation stores one at a time, each for a majority
    protected override int SentByEach => 150;
}
