using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Relationships and recommendations in every state move to SQLite, into a store of their own.</summary>
public sealed class TransferStateTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>
{
    [Fact]
    public Task Import_EveryState_IsExportedTheSame() =>
        TransferScenario.AssertMovesAsync(
            new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
                fixture.Service.AsOperator()
            )
        );

    [Fact]
    public Task Import_Settings_AreExportedTheSame() =>
        SettingsTransferScenario.AssertMovesAsync(
            new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
                fixture.Service.AsOperator()
            )
        );

    [Fact]
    public Task Import_RecommendationsInEveryState_AreExportedTheSame() =>
        RecommendationTransferScenario.AssertMovesAsync(
            new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
                fixture.Service.AsOperator()
            )
        );
}
