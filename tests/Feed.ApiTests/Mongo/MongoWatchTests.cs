namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>Home feeds live, with the posts on MongoDB.</summary>
public sealed class MongoWatchTests : WatchTests, IClassFixture<MongoFeedPlatform>
{
    public MongoWatchTests(MongoFeedPlatform platform)
        : base(platform) => platform.SkipUnlessThere();
}
