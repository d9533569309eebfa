namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Suggestions, on MongoDB.</summary>
public sealed class MongoSuggestionsTests : SuggestionsTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoSuggestionsTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
