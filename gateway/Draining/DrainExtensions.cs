using Microsoft.Extensions.Options;

namespace Platform.Gateway.Draining;

/// <summary>Sets the end of the gateway up.</summary>
internal static class DrainExtensions
{
    /// <summary>How long calls under way have, after the time in which others stop choosing this gateway.</summary>
    private static readonly TimeSpan CallsHave = TimeSpan.FromSeconds(10);

    public static void AddDrain(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddHealthChecks().AddCheck<Drain>("drain");
        builder
            .Services.AddOptions<HostOptions>()
            .Configure<IOptions<GatewayOptions>>(
                static (host, gateway) => host.ShutdownTimeout = gateway.Value.DrainTime + CallsHave
            );
    }
}
