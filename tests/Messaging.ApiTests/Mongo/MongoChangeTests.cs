namespace Platform.Tests.Messaging.ApiTests.Mongo;

/// <summary>Changes on MongoDB.</summary>
public sealed class MongoChangeTests : ChangeTests, IClassFixture<MongoMessagingFixture>
{
    public MongoChangeTests(MongoMessagingFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
