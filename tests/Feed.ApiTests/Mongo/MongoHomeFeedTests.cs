namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>Home feeds, with the posts on MongoDB.</summary>
public sealed class MongoHomeFeedTests : HomeFeedTests, IClassFixture<MongoFeedPlatform>
{
    public MongoHomeFeedTests(MongoFeedPlatform platform)
        : base(platform) => platform.SkipUnlessThere();
}
