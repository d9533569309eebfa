using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Platform.ServiceDefaults.Telemetry;

namespace Platform.ServiceDefaults.Hosting;

/// <summary>Traces, metrics and logs by OpenTelemetry; sent by OTLP where its variable is set, else not made at all.</summary>
public static class TelemetryExtensions
{
    /// <summary>The variable that turns the export on; its value is the collector's address.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Activity sources and meters of this product begin with this.</summary>
    public const string SourcePrefix = "Platform.";

    /// <summary>
    /// Set for all hosts of a process but one: whoever listens to spans and metrics hears those of the whole process, so that each would
    /// send all of them. Logs are each host's own.
    /// </summary>
    public const string LogsOnlySetting = "Telemetry:LogsOnly";

    /// <summary>The variable that gives a host another name in what it sends.</summary>
    public const string NameVariable = "OTEL_SERVICE_NAME";

    // probes come every second or so, and nobody looks for their traces
    private static readonly PathString[] HealthPaths = ["/grpc.health.v1.Health", "/health"];

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
        // without baggage, which is a caller's to fill; and so it is the host's propagator that reads a caller's trace, and no second one
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    builder.Configuration[NameVariable] ?? service,
                    serviceNamespace: "platform"
                )
            );
        if (!builder.Configuration.GetValue<bool>(LogsOnlySetting))
        {
            telemetry.WithTracing(AddSpans).WithMetrics(AddMeters);
        }
        telemetry.UseOtlpExporter();
    }

    private static void AddSpans(TracerProviderBuilder tracing) =>
        tracing
            .AddAspNetCoreInstrumentation(options =>
                options.Filter = static call =>
                    !Array.Exists(HealthPaths, path => call.Request.Path.StartsWithSegments(path))
            )
            .AddHttpClientInstrumentation()
            .AddSource($"{SourcePrefix}*", GrpcClientNames.SourceName)
            .AddProcessor<GrpcClientNames>()
            // before the exporter, which is added last
            .AddProcessor<SpanPrivacy>();

    private static void AddMeters(MeterProviderBuilder metrics) =>
        metrics
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            .AddMeter($"{SourcePrefix}*");
}
