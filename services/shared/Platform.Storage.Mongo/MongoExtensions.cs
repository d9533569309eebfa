using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Driver;
using OpenTelemetry.Trace;
using Platform.ServiceDefaults.Storage;

namespace Platform.Storage.Mongo;

/// <summary>Adds MongoDB to a service.</summary>
public static class MongoExtensions
{
    /// <summary>
    /// Adds <see cref="MongoConnection"/> from section <c>Storage</c> (which <c>AddStorageOptions</c> adds), the making of
    /// <paramref name="indexes"/> at start, the health check <c>mongodb</c>, and the driver's spans. Text of commands is not
    /// in them: it holds what members wrote.
    /// </summary>
    public static IHostApplicationBuilder AddMongo(
        this IHostApplicationBuilder builder,
        params IEnumerable<MongoIndexes> indexes
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var ofCollection in indexes)
        {
            builder.Services.AddSingleton(ofCollection);
        }
        if (builder.Services.Any(service => service.ServiceType == typeof(MongoConnection)))
        {
            return builder;
        }
        builder.Services.AddSingleton<
            IValidateOptions<StorageOptions>,
            MongoConnectionStringCheck
        >();
        builder.Services.AddSingleton(services => new MongoConnection(
            services.GetRequiredService<IOptions<StorageOptions>>().Value,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<MongoConnection>>()
        ));
        builder.Services.AddSingleton<MongoIndexWorker>();
        builder.Services.AddHostedService(services =>
            services.GetRequiredService<MongoIndexWorker>()
        );
        builder.Services.AddHealthChecks().AddCheck<MongoHealthCheck>("mongodb", tags: ["ready"]);
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing =>
            tracing.AddSource(MongoTelemetry.ActivitySourceName)
        );
        return builder;
    }
}
