namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>Posts on MongoDB.</summary>
public sealed class MongoPostsTests : PostsTests, IClassFixture<MongoFeedPlatform>
{
    public MongoPostsTests(MongoFeedPlatform platform)
        : base(platform) => platform.SkipUnlessThere();
}
