using Microsoft.Extensions.Options;
using Platform.Connections.V1;
using Platform.Messaging.Connections;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Hosting;
using Platform.Storage.Sqlite;

namespace Platform.Messaging;

/// <summary>The messaging service; several may run in one process.</summary>
public static class MessagingApp
{
    /// <summary>Builds the service.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Runs before anything reads configuration.</param>
    public static WebApplication Build(
        string[] args,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = PlatformApp.CreateBuilder("messaging", args, configure);

        builder.AddValidatedOptions<SqliteStorageOptions>("Storage");
        builder.AddValidatedOptions<GateOptions>("Gate");
        builder.AddPlatformGrpcClient<ConnectionsService.ConnectionsServiceClient>("Connections");
        builder.Services.AddSingleton<IConnectionGate, GrpcConnectionGate>();
        builder.Services.AddSingleton<IMessageStore>(provider => new SqliteMessageStore(
            provider.GetRequiredService<IOptions<SqliteStorageOptions>>().Value.Path,
            provider.GetRequiredService<TimeProvider>()
        ));
        builder.Services.AddSingleton<Appender>();
        builder.Services.AddSingleton<ConversationsHandler>();
        builder.Services.AddSingleton<MessagesHandler>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<MessagingGrpcService>();
        return app;
    }
}
