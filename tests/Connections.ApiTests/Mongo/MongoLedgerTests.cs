using Platform.Testing.Containers;

namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>The ledger on MongoDB.</summary>
public sealed class MongoLedgerTests : LedgerTests, IClassFixture<MongoLedgerFixture>
{
    public MongoLedgerTests(MongoLedgerFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}

/// <summary>A clock of the test's, with MongoDB in a container.</summary>
public sealed class MongoLedgerFixture(MongoContainer mongo) : LedgerFixture
{
    /// <summary>Ends a test as skipped where there is no container.</summary>
    public void SkipUnlessThere() =>
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");

    protected override Task<KeyValuePair<string, string?>[]?> FindStorageAsync() =>
        MongoConnectionsFixture.FindAsync(mongo);
}
