using Platform.ServiceDefaults.Hosting;
using Platform.Storage.Redis;

namespace Platform.Gateway.Limits;

/// <summary>Sets the limits of calls up.</summary>
internal static class LimitsExtensions
{
    /// <summary>
    /// Rates are shared with the other gateways where <c>Redis:ConnectionString</c> is set. Redis is no part of the gateway's health: calls
    /// go on without it.
    /// </summary>
    public static void AddCallLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CallLimiter>();
        if (
            string.IsNullOrEmpty(
                builder.Configuration[
                    $"{RedisOptions.Section}:{nameof(RedisOptions.ConnectionString)}"
                ]
            )
        )
        {
            return;
        }
        builder.AddValidatedOptions<RedisOptions>(RedisOptions.Section);
        builder.Services.AddSingleton<RedisConnection>();
        builder.Services.AddSingleton<SharedBuckets>();
        builder.Services.AddSingleton<SharedRates>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SharedRates>());
    }
}
