using Platform.ServiceDefaults.Hosting;
using Platform.Storage.Redis;

namespace Platform.Messaging.Live;

/// <summary>Adds live delivery.</summary>
internal static class LiveExtensions
{
    /// <summary>
    /// Adds the streams, and hints between replicas where <c>Redis:ConnectionString</c> is set. Redis is no part of the health of
    /// messaging: without it everything works, only later.
    /// </summary>
    public static void AddLive(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<LiveOptions>("Live");
        if (
            !string.IsNullOrEmpty(
                builder.Configuration[
                    $"{RedisOptions.Section}:{nameof(RedisOptions.ConnectionString)}"
                ]
            )
        )
        {
            builder.AddValidatedOptions<RedisOptions>(RedisOptions.Section);
            builder.Services.AddSingleton<RedisConnection>();
        }
        builder.Services.AddSingleton(services => new LiveHints(
            services.GetRequiredService<ILogger<LiveHints>>(),
            services.GetService<RedisConnection>()
        ));
        builder.Services.AddSingleton<LiveHub>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LiveHub>());
        builder.Services.AddSingleton<LiveHandler>();
    }
}
