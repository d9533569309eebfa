using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Relationships and recommendations in every state move to MongoDB, into a database of their own.</summary>
public sealed class MongoTransferTests(MongoConnectionsFixture fixture)
    : IClassFixture<MongoConnectionsFixture>
{
    [Fact]
    public Task Import_EveryState_IsExportedTheSame()
    {
        fixture.SkipUnlessThere();
        return TransferScenario.AssertMovesAsync(
            new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
                fixture.Service.AsOperator()
            )
        );
    }

    [Fact]
    public Task Import_Settings_AreExportedTheSame()
    {
        fixture.SkipUnlessThere();
        return SettingsTransferScenario.AssertMovesAsync(
            new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
                fixture.Service.AsOperator()
            )
        );
    }

    [Fact]
    public Task Import_RecommendationsInEveryState_AreExportedTheSame()
    {
        fixture.SkipUnlessThere();
        return RecommendationTransferScenario.AssertMovesAsync(
            new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
                fixture.Service.AsOperator()
            )
        );
    }
}
