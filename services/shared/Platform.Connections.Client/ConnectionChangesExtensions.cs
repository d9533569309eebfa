using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Client;

/// <summary>Registers following connections' record.</summary>
public static class ConnectionChangesExtensions
{
    /// <summary>
    /// Brings the changes of the connections service at <c>Services:Connections:Address</c> to a consumer, as long as this process runs.
    /// </summary>
    public static IHostApplicationBuilder AddConnectionChanges<TConsumer>(
        this IHostApplicationBuilder builder
    )
        where TConsumer : class, IConnectionChangeConsumer
    {
        builder.AddValidatedOptions<ConnectionChangesOptions>(ConnectionChangesOptions.Section);
        // a service that asks connections itself has the client already
        if (
            builder.Services.All(service =>
                service.ServiceType != typeof(ConnectionsService.ConnectionsServiceClient)
            )
        )
        {
            builder.AddPlatformGrpcClient<ConnectionsService.ConnectionsServiceClient>(
                "Connections"
            );
        }
        builder.Services.TryAddSingleton<IConnectionRecord, GrpcConnectionRecord>();
        builder.Services.AddSingleton<IConnectionChangeConsumer, TConsumer>();
        builder.Services.AddSingleton<ConnectionChangesStatus>();
        builder.Services.AddHostedService<ConnectionChangeWorker>();
        builder.Services.AddSingleton<ConnectionChangesHealthCheck>();
        builder
            .Services.AddHealthChecks()
            .AddCheck<ConnectionChangesHealthCheck>("connection-changes");
        return builder;
    }
}
