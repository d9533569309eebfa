namespace Platform.Tests.Messaging.ApiTests.Mongo;

/// <summary>Conversations on MongoDB.</summary>
public sealed class MongoConversationTests : ConversationTests, IClassFixture<MongoMessagingFixture>
{
    public MongoConversationTests(MongoMessagingFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
