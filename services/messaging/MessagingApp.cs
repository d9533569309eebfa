using Platform.Connections.V1;
using Platform.Messaging.Connections;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Hosting;

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
        builder.Services.AddSingleton<IConnectionGate, GrpcConnectionGate>();
        builder.Services.AddSingleton<GateWarmUpWorker>();
        builder.Services.AddHostedService(services =>
            services.GetRequiredService<GateWarmUpWorker>()
        );
        builder.Services.AddSingleton<GateHealthCheck>();
        builder.Services.AddHealthChecks().AddCheck<GateHealthCheck>("gate", tags: ["ready"]);
        builder.Services.AddSingleton<Appender>();
        builder.Services.AddSingleton<ConversationsHandler>();
        builder.Services.AddSingleton<MessagesHandler>();
        // gRPC classes hold no state of a call
        builder.Services.AddSingleton<MessagingGrpcService>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<MessagingGrpcService>();
        return app;
    }
}
