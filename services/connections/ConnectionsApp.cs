using Platform.Connections.Blocks;
using Platform.Connections.Connections;
using Platform.Connections.Invitations;
using Platform.Connections.Limits;
using Platform.Connections.Members;
using Platform.Connections.Network;
using Platform.Connections.Operations;
using Platform.Connections.Recommendations;
using Platform.Connections.Relationships;
using Platform.Connections.Settings;
using Platform.Connections.Storage;
using Platform.Connections.Telemetry;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Limits;

namespace Platform.Connections;

/// <summary>The connections service.</summary>
public static class ConnectionsApp
{
    /// <summary>Builds the service, ready to run; also for hosts that run several services, and for tests.</summary>
    public static WebApplication Build(
        string[] args,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = PlatformApp.CreateBuilder("connections", args, configure);
        builder.AddValidatedOptions<InvitationOptions>("Invitations");
        builder.AddValidatedOptions<WatchOptions>("Watch");
        builder.AddValidatedOptions<ErasureOptions>("Erasure");
        builder.AddValidatedOptions<BlockOptions>("Blocks");
        builder.AddTierPolicy<LimitsOptions, LimitPolicySource>(LimitsOptions.Section);
        builder.AddStores();
        builder.Services.AddSingleton<MemberSlots>();
        builder.Services.AddSingleton<QuotasHandler>();
        builder.Services.AddSingleton<ConnectionMetrics>();
        builder.Services.AddSingleton<RelationshipUpdater>();
        builder.Services.AddSingleton<RevisionGate>();
        builder.Services.AddSingleton<InvitationsHandler>();
        builder.Services.AddSingleton<MutualConnections>();
        builder.Services.AddSingleton<InvitationAudienceCheck>();
        builder.Services.AddSingleton<InvitationSummaries>();
        builder.Services.AddSingleton<ConnectionLists>();
        builder.Services.AddSingleton<ConnectionsHandler>();
        builder.Services.AddSingleton<RecommendationsHandler>();
        builder.Services.AddSingleton<StandingsHandler>();
        builder.Services.AddSingleton<ConnectionSettingsHandler>();
        builder.Services.AddSingleton<BlocksHandler>();
        builder.Services.AddSingleton<RelationshipTransfer>();
        builder.Services.AddSingleton<ChangeSignal>();
        builder.Services.AddSingleton<ChangeFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ChangeFeed>());
        builder.Services.AddSingleton<WatchHandler>();
        builder.AddNetwork();
        builder.Services.AddHostedService<RecordLagMetrics>();
        builder.Services.AddSingleton<Eraser>();
        builder.Services.AddSingleton<ErasureWorker>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ErasureWorker>());
        builder.Services.AddSingleton<MembersHandler>();
        builder.Services.AddSingleton<SettingsTransfer>();
        builder.Services.AddSingleton<RecommendationTransfer>();
        builder.Services.AddHostedService<ExpiryWorker>();
        // gRPC classes hold no state of a call
        builder.Services.AddSingleton<InvitationsGrpcService>();
        builder.Services.AddSingleton<ConnectionsGrpcService>();
        builder.Services.AddSingleton<MembersGrpcService>();
        builder.Services.AddSingleton<RecommendationsGrpcService>();
        builder.Services.AddSingleton<BlocksGrpcService>();
        builder.Services.AddSingleton<ConnectionSettingsGrpcService>();
        builder.Services.AddSingleton<ConnectionsOperationsGrpcService>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<InvitationsGrpcService>();
        app.MapGrpcService<ConnectionsGrpcService>();
        app.MapGrpcService<NetworkGrpcService>();
        app.MapGrpcService<RecommendationsGrpcService>();
        app.MapGrpcService<BlocksGrpcService>();
        app.MapGrpcService<ConnectionSettingsGrpcService>();
        app.MapGrpcService<MembersGrpcService>();
        app.MapGrpcService<ConnectionsOperationsGrpcService>();
        return app;
    }
}
