using Platform.Connections.Client;
using Platform.Connections.V1;
using Platform.Messaging.Connections;
using Platform.Messaging.Conversations;
using Platform.Messaging.Limits;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Notes;
using Platform.Messaging.Retention;
using Platform.Messaging.Search;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Limits;

namespace Platform.Messaging;

/// <summary>The messaging service.</summary>
public static class MessagingApp
{
    /// <summary>Builds the service, ready to run; also for hosts that run several services, and for tests.</summary>
    public static WebApplication Build(
        string[] args,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = PlatformApp.CreateBuilder("messaging", args, configure);
        builder.AddValidatedOptions<GateOptions>("Gate");
        builder.AddPlatformGrpcClient<ConnectionsService.ConnectionsServiceClient>("Connections");
        builder.AddMessageStore();
        builder.Services.AddSingleton<GateCircuit>();
        builder.Services.AddSingleton<GateMetrics>();
        builder.Services.AddSingleton<KnownConnections>();
        builder.Services.AddSingleton<GatheredChecks>();
        builder.Services.AddSingleton<IConnectionGate, GrpcConnectionGate>();
        builder.AddConnectionsWarmUp<GateOptions>(options => options.Timeout);
        builder.AddValidatedOptions<MessageOptions>("Messages");
        builder.AddTierPolicy<MessageLimitOptions, MessageLimitSource>(MessageLimitOptions.Section);
        builder.AddLive();
        builder.Services.AddSingleton<MessageRate>();
        builder.Services.AddSingleton<ReadReceipts>();
        builder.Services.AddSingleton<SettingsHandler>();
        builder.Services.AddSingleton<Eraser>();
        builder.Services.AddSingleton<Appender>();
        builder.AddPlatformGrpcClient<InvitationsService.InvitationsServiceClient>("Connections");
        builder.Services.AddSingleton<IInvitationSource, GrpcInvitationSource>();
        builder.AddConnectionChanges<AcceptedNotes>();
        builder.Services.AddHostedService<KnownConnectionsWorker>();
        builder.AddValidatedOptions<RetentionOptions>("Retention");
        builder.Services.AddSingleton<RetentionWorker>();
        builder.Services.AddHostedService(services =>
            services.GetRequiredService<RetentionWorker>()
        );
        builder.Services.AddSingleton<ConversationsHandler>();
        builder.Services.AddSingleton<MessagesHandler>();
        builder.Services.AddSingleton<SearchHandler>();
        // gRPC classes hold no state of a call
        builder.Services.AddSingleton<MessagingGrpcService>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<MessagingGrpcService>();
        return app;
    }
}
