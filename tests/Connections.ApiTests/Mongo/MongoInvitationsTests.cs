namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Invitations on MongoDB.</summary>
public sealed class MongoInvitationsTests : InvitationsTests, IClassFixture<MongoConnectionsFixture>
{
    public MongoInvitationsTests(MongoConnectionsFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}
