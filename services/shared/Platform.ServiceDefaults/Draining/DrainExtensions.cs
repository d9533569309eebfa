using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Draining;

/// <summary>Sets the end of a server up.</summary>
internal static class DrainExtensions
{
    public static void AddDrain(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<DrainOptions>(DrainOptions.Section);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddHealthChecks().AddCheck<Drain>("drain");
        builder
            .Services.AddOptions<HostOptions>()
            .Configure<IOptions<DrainOptions>>(
                static (host, drain) => host.ShutdownTimeout = drain.Value.EndsWithin
            );
    }
}
