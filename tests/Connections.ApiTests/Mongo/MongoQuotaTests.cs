using Platform.Testing.Containers;

namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Limits on MongoDB.</summary>
public sealed class MongoQuotaTests : QuotaTests, IClassFixture<MongoQuotaFixture>
{
    public MongoQuotaTests(MongoQuotaFixture fixture)
        : base(fixture) => fixture.SkipUnlessThere();
}

/// <summary>Small limits on MongoDB in a container.</summary>
public sealed class MongoQuotaFixture(MongoContainer mongo) : QuotaFixture
{
    /// <summary>Ends a test as skipped where there is no container.</summary>
    public void SkipUnlessThere() =>
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");

    protected override Task<KeyValuePair<string, string?>[]?> FindStorageAsync() =>
        MongoConnectionsFixture.FindAsync(mongo);
}
