using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Limits;

/// <summary>Registers the limits of a service.</summary>
public static class TierPolicyExtensions
{
    /// <summary>Binds the options, checked at start, and keeps the source in step with its file.</summary>
    /// <typeparam name="TOptions">The service's <see cref="TierPolicyOptions{TTier,TLimits}"/>.</typeparam>
    /// <typeparam name="TSource">The service's <see cref="TierPolicySource{TTier,TLimits}"/>.</typeparam>
    public static IHostApplicationBuilder AddTierPolicy<TOptions, TSource>(
        this IHostApplicationBuilder builder,
        string section
    )
        where TOptions : class, IValidatedOptions
        where TSource : class, ITierPolicyReload
    {
        builder.AddValidatedOptions<TOptions>(section);
        builder.Services.AddSingleton<TSource>();
        builder.Services.AddHostedService(services => new TierPolicyWorker(
            services.GetRequiredService<TSource>(),
            services.GetRequiredService<TimeProvider>()
        ));
        return builder;
    }
}
