using System.Diagnostics;
using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Platform.Gateway.Browsers;
using Platform.Gateway.Deadlines;
using Platform.Gateway.Draining;
using Platform.Gateway.Errors;
using Platform.Gateway.Forwarding;
using Platform.Gateway.Health;
using Platform.Gateway.Limits;
using Platform.Gateway.Relationships;
using Platform.Gateway.Routing;
using Platform.Gateway.Telemetry;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Tls;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Platform.Gateway;

/// <summary>The one endpoint of the platform: with a certificate one port for everything, in clear one for gRPC and one for REST.</summary>
public static class GatewayApp
{
    /// <summary>The domain of refusals that the gateway makes itself.</summary>
    public const string ErrorDomain = "platform.gateway";

    private const int MinBodyBytesPerSecond = 240;

    /// <param name="args">The command line, as configuration.</param>
    /// <param name="configure">Changes the builder before anything reads it: tests and the local host give addresses and keys.</param>
    /// <exception cref="OptionsValidationException">A setting is missing or wrong; the message names it.</exception>
    public static WebApplication Build(
        string[] args,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = PlatformApp.CreateBuilder(
            "gateway",
            args,
            builder =>
            {
                AddRoutes(builder.Configuration);
                configure?.Invoke(builder);
            }
        );
        builder.AddValidatedOptions<GatewayOptions>("Gateway");
        var addresses = ServiceAddresses.Read(builder.Configuration);
        builder.Configuration.AddInMemoryCollection(addresses.AsDestinations());
        builder.Services.AddSingleton(addresses);
        builder.Services.AddSingleton(services => new CallersTrace(
            services.GetRequiredService<IOptions<GatewayOptions>>().Value.TrustTraceContext
        ));
        builder.Services.AddSingleton<DistributedContextPropagator>(services =>
            services.GetRequiredService<CallersTrace>()
        );
        builder.Services.AddSingleton<ServiceProbe>();
        builder.Services.AddSingleton<ServiceHealth>();
        builder.Services.AddSingleton<ReplicaHealth>();
        builder.Services.AddHostedService(static services =>
            services.GetRequiredService<ReplicaHealth>()
        );
        builder.Services.AddSingleton<OtherReplica>();
        builder.AddRelationships();
        builder.AddCallLimits();
        builder.AddBrowsers();
        builder.Services.AddSingleton<IForwarderHttpClientFactory, ServiceClientFactory>();
        builder.Services.TryAddSingleton<AskName>(Dns.GetHostAddressesAsync);
        builder
            .Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .AddConfigFilter<ReplicaChoice>()
            .AddTransforms(route => route.UseDefaultForwarders = false)
            .Services.AddSingleton<IDestinationResolver, ReplicaNames>()
            .AddSingleton<IAvailableDestinationsPolicy, WillingReplicas>();
        builder.Services.AddUnaryForwarder();
        // One line a refused call is ours to write (ForwardingErrors); YARP adds a stack trace to each.
        builder.Logging.AddFilter("Yarp", LogLevel.Error);
        // An unknown gRPC path is answered by UnknownRoute, with a reason, not by the gRPC server of the gateway.
        builder.Services.Configure<GrpcServiceOptions>(grpc => grpc.IgnoreUnknownServices = true);
        builder
            .Services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<GatewayOptions>, TlsFiles>(Listen);

        var app = builder.Build();
        var trace = app.Services.GetRequiredService<CallersTrace>();
        app.Use(
            (context, next) =>
            {
                if (ForbiddenHeaders.TryReset(context))
                {
                    return Task.CompletedTask;
                }
                ForgedHeaders.Remove(context.Request.Headers);
                trace.Remove(context.Request.Headers);
                SecurityHeaders.Add(context);
                return next(context);
            }
        );
        app.UseBrowsers();
        app.MapServiceDefaults();
        app.UseMiddleware<CallLimits>();
        app.MapGrpcService<RelationshipsGrpcService>();
        app.MapGatewayHealth();
        app.MapApiDocument();
        app.MapApiReference();
        app.MapReverseProxy(static proxy =>
        {
            proxy.UseMiddleware<StreamEnds>();
            proxy.UseMiddleware<CallDeadlines>();
            proxy.UseMiddleware<ForwardingErrors>();
            proxy.UseLoadBalancing();
        });
        app.MapFallback("{**path}", UnknownRoute.AnswerAsync).AllowAnonymous();
        return app;
    }

    /// <summary>Where <c>--health</c> asks: the gateway's own health, which does not depend on the services behind it.</summary>
    public static string HealthAddress(IConfiguration configuration)
    {
        var options = configuration.GetSection("Gateway").Get<GatewayOptions>() ?? new();
        var host =
            options.ListenAddress is { } address && !address.Equals(IPAddress.Any)
                ? address
                : IPAddress.Loopback;
        var tls = configuration.GetSection("Tls").Get<TlsOptions>() ?? new();
        return tls.IsServed
            ? $"https://{new IPEndPoint(host, options.HttpsPort)}"
            : $"http://{new IPEndPoint(host, options.GrpcPort)}";
    }

    /// <summary>Beneath everything else, so that a deployment can change or add a route with a setting.</summary>
    private static void AddRoutes(ConfigurationManager configuration) =>
        ((IConfigurationBuilder)configuration).Sources.Insert(
            0,
            new JsonConfigurationSource
            {
                Path = "routes.json",
                FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            }
        );

    private static void Listen(
        KestrelServerOptions kestrel,
        IOptions<GatewayOptions> options,
        TlsFiles tls
    )
    {
        var gateway = options.Value;
        var address = gateway.ListenAddress!;
        kestrel.RequestHeaderEncodingSelector = StrictLength.For;
        kestrel.Limits.MaxRequestBodySize = gateway.MaxRequestBytes;
        kestrel.Limits.Http2.MaxStreamsPerConnection = gateway.MaxStreamsPerConnection;
        kestrel.Limits.RequestHeadersTimeout = gateway.SlowClientTimeout;
        // no method takes a stream from its caller: every body is sent at once, and whoever trickles one holds a call on purpose
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(
            MinBodyBytesPerSecond,
            gateway.SlowClientTimeout
        );
        if (tls.IsServed)
        {
            // which protocol a client speaks is settled in the handshake (ALPN), so one port has them all
            kestrel.Listen(
                address,
                gateway.HttpsPort,
                static endpoint => endpoint.Protocols = HttpProtocols.Http1AndHttp2
            );
            return;
        }
        kestrel.Listen(
            address,
            gateway.HttpPort,
            static endpoint => endpoint.Protocols = HttpProtocols.Http1
        );
        kestrel.Listen(
            address,
            gateway.GrpcPort,
            static endpoint => endpoint.Protocols = HttpProtocols.Http2
        );
    }
}
