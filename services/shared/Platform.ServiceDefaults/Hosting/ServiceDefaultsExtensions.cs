using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.ServiceDefaults.Draining;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Streaming;
using Platform.ServiceDefaults.Tls;

namespace Platform.ServiceDefaults.Hosting;

/// <summary>What every service does alike.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The largest request a service takes: the largest batch fits in a tenth of it.</summary>
    public const int MaxRequestBytes = 1024 * 1024;

    /// <summary>
    /// The name under which grpc.health.v1 says whether the process answers, whatever its stores do: what a liveness probe asks, since a
    /// restart mends no store. The empty name is readiness.
    /// </summary>
    public const string LiveHealth = "live";

    private const string ProcessCheck = "process";

    /// <summary>Adds telemetry, identity, errors, gRPC with REST transcoding, health and reflection.</summary>
    public static WebApplicationBuilder AddServiceDefaults(
        this WebApplicationBuilder builder,
        string service
    )
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new ServiceName(service));
        builder.Services.AddSingleton<ErrorDomains>();
        // found here it is made once, else once a call
        builder.AddValidatedOptions<StreamEndingOptions>(StreamEndingOptions.Section);
        builder.Services.AddSingleton<StreamEndings>();
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.AddTelemetry(service);
        builder.AddIdentity();
        builder.ConfigureServer();
        builder.AddTls();
        builder
            .Services.AddGrpc(options =>
            {
                options.EnableDetailedErrors = false;
                options.MaxReceiveMessageSize = MaxRequestBytes;
                options.Interceptors.Add<ErrorInterceptor>();
            })
            .AddJsonTranscoding(options =>
            {
                options.TypeRegistry = ErrorResponse.DetailTypes;
                // as the proto3 JSON mapping says: a 64-bit number does not fit in JavaScript's
                options.JsonSettings.WriteInt64sAsStrings = true;
            });
        builder.Services.AddGrpcReflection();
        // with no check at all the health service would answer UNKNOWN; stores and indexes add theirs
        builder
            .Services.AddGrpcHealthChecks(options =>
                options.Services.Map(LiveHealth, check => check.Name == ProcessCheck)
            )
            .AddCheck(ProcessCheck, () => HealthCheckResult.Healthy());
        builder.AddDrain();
        return builder;
    }

    /// <summary>Maps health (open to anonymous callers) and reflection, and puts authentication before everything else.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseMiddleware<TokenMiddleware>();
        app.UseMiddleware<UnreadableRequests>();
        app.MapGrpcHealthChecksService().AllowAnonymous();
        app.MapGrpcReflectionService();
        return app;
    }

    private static void AddIdentity(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<AuthOptions>("Auth");
        builder.AddValidatedOptions<ServiceIdentityOptions>("ServiceIdentity");
        builder.Services.AddSingleton<TrustedKeys>();
        builder.Services.AddHostedService<TrustedKeysWorker>();
        builder.Services.AddSingleton<TokenVerifier>();
    }

    private static void ConfigureServer(this WebApplicationBuilder builder) =>
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.Http2.MaxStreamsPerConnection = 1000;
            options.Limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
            // streams rest for long; their readers are watched by heartbeats, not by bytes a second
            options.Limits.MinResponseDataRate = null;
            options.Limits.MinRequestBodyDataRate = null;
        });
}
