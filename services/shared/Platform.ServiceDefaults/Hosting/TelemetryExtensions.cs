using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Platform.ServiceDefaults.Hosting;

/// <summary>Traces, metrics and logs by OpenTelemetry; sent by OTLP where its variable is set, else not made at all.</summary>
public static class TelemetryExtensions
{
    /// <summary>The variable that turns the export on; its value is the collector's address.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Activity sources and meters of this product begin with this.</summary>
    public const string SourcePrefix = "Platform.";

    internal static void AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        // a log line a call costs more than the call (docs/adr): the framework's are for warnings only
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // As long as it might log, it makes an activity and a scope a call. What it would log at this level Kestrel does too, and
        // exported traces have activities of their own.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        // a call to another service that failed is told by who made it, with the reason
        builder.Logging.AddFilter("Grpc.Net.Client", LogLevel.Error);
        // comes with authentication and warns that its keys are not kept: tokens are signed elsewhere, nothing uses them
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        if (string.IsNullOrEmpty(builder.Configuration[EndpointVariable]))
        {
            return;
        }
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(service, serviceNamespace: "platform")
            )
            .WithTracing(tracing =>
                tracing
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddSource($"{SourcePrefix}*")
            )
            .WithMetrics(metrics =>
                metrics
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddMeter($"{SourcePrefix}*")
            )
            .UseOtlpExporter();
    }
}
