using Grpc.AspNetCore.HealthChecks;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Network;

/// <summary>Puts the network together.</summary>
internal static class NetworkExtensions
{
    /// <summary>Adds the graph index, what loads it, what answers from it, and its health.</summary>
    public static void AddNetwork(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<NetworkOptions>("Network");
        builder.Services.AddSingleton<NetworkIndex>();
        builder.Services.AddSingleton<NetworkSnapshots>();
        builder.Services.AddHostedService<NetworkLoader>();
        builder.Services.AddHostedService<SnapshotWorker>();
        builder.Services.AddSingleton<KeptViews>();
        builder.Services.AddSingleton<NetworkSight>();
        builder.Services.AddSingleton<NetworkHandler>();
        builder.Services.AddSingleton<SuggestionsHandler>();
        builder.Services.AddSingleton<NetworkGrpcService>();
        builder
            .Services.AddHealthChecks()
            .AddCheck<NetworkHealthCheck>("network", tags: [NetworkHealthCheck.Tag]);
        // checks are served without the index, so the health of the whole service does not wait for it
        builder.Services.Configure<GrpcHealthChecksOptions>(options =>
        {
            options.Services.Map("", check => !check.Tags.Contains(NetworkHealthCheck.Tag));
            options.Services.Map(
                NetworkHealthCheck.ServiceName,
                check => check.Tags.Contains(NetworkHealthCheck.Tag)
            );
        });
    }
}
