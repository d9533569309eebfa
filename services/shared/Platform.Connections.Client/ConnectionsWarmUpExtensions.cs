using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.Connections.Client;

/// <summary>Registers warming up to connections.</summary>
public static class ConnectionsWarmUpExtensions
{
    /// <summary>
    /// Has a service that asks connections amid its calls ready once the answers come in time. The client is registered already.
    /// </summary>
    /// <param name="builder">The service's.</param>
    /// <param name="patience">How long its calls wait for an answer.</param>
    public static IHostApplicationBuilder AddConnectionsWarmUp<TOptions>(
        this IHostApplicationBuilder builder,
        Func<TOptions, TimeSpan> patience
    )
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(services => new ConnectionsPatience(
            patience(services.GetRequiredService<IOptions<TOptions>>().Value)
        ));
        builder.Services.AddSingleton<ConnectionsWarmUpWorker>();
        builder.Services.AddHostedService(services =>
            services.GetRequiredService<ConnectionsWarmUpWorker>()
        );
        builder.Services.AddSingleton<ConnectionsReadyCheck>();
        builder
            .Services.AddHealthChecks()
            .AddCheck<ConnectionsReadyCheck>("connections", tags: ["ready"]);
        return builder;
    }
}
