using System.Net;
using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Tls;

namespace Platform.ServiceDefaults.Clients;

/// <summary>Clients of the other services.</summary>
public static class GrpcClientExtensions
{
    private static readonly MethodConfig RetryUnavailable = new()
    {
        Names = { MethodName.Default },
        RetryPolicy = new RetryPolicy
        {
            MaxAttempts = 3,
            InitialBackoff = TimeSpan.FromMilliseconds(20),
            MaxBackoff = TimeSpan.FromMilliseconds(200),
            BackoffMultiplier = 2,
            RetryableStatusCodes = { StatusCode.Unavailable },
        },
    };

    /// <summary>
    /// After which time a name is asked again, beside a connection that breaks, which has it asked at once. The client library itself asks no
    /// name more often than every 15 s, so a pod that was added goes unnoticed for up to 20.
    /// </summary>
    private static readonly TimeSpan NamesAreAskedEvery = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Registers a client of another service, at <c>Services:{service}:Address</c>. Its calls carry this service's token and
    /// pass on the deadline and cancellation of the call being served. Services only read from each other, so UNAVAILABLE is
    /// retried within the deadline.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="service">Which service, for example <c>Connections</c>.</param>
    public static IHttpClientBuilder AddPlatformGrpcClient<TClient>(
        this IHostApplicationBuilder builder,
        string service
    )
        where TClient : ClientBase
    {
        builder.Services.TryAddSingleton<ServiceTokenSource>();
        builder.Services.TryAddSingleton<ServiceTokenInterceptor>();
        return builder
            .AddCallersGrpcClient<TClient>(service)
            .AddInterceptor<ServiceTokenInterceptor>();
    }

    /// <summary>
    /// <see cref="AddPlatformGrpcClient"/> without a token of this service's own: whoever calls passes the token of the caller being
    /// served, so that the other service decides as if the caller had come to it.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="service">Which service, for example <c>Connections</c>.</param>
    public static IHttpClientBuilder AddCallersGrpcClient<TClient>(
        this IHostApplicationBuilder builder,
        string service
    )
        where TClient : ClientBase
    {
        var setting = $"Services:{service}:Address";
        builder.AddTlsFiles();
        builder.Services.TryAddSingleton<ResolverFactory>(
            new DnsResolverFactory(NamesAreAskedEvery)
        );
        return builder
            .Services.AddGrpcClient<TClient>(
                (provider, options) =>
                    options.Address = AddressOf(
                        provider.GetRequiredService<IConfiguration>()[setting],
                        setting
                    )
            )
            .ConfigureChannel(
                (provider, channel) =>
                {
                    channel.ServiceConfig = new ServiceConfig
                    {
                        MethodConfigs = { RetryUnavailable },
                        LoadBalancingConfigs = { new RoundRobinConfig() },
                    };
                    // the default waits up to two minutes before it looks again for a service that was away
                    channel.InitialReconnectBackoff = TimeSpan.FromMilliseconds(100);
                    channel.MaxReconnectBackoff = TimeSpan.FromSeconds(1);
                    channel.Credentials =
                        provider
                            .GetRequiredService<IConfiguration>()[setting]
                            ?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true
                            ? ChannelCredentials.SecureSsl
                            : ChannelCredentials.Insecure;
                }
            )
            .ConfigurePrimaryHttpMessageHandler(services =>
            {
                var handler = new SocketsHttpHandler
                {
                    ConnectTimeout = TimeSpan.FromSeconds(2),
                    EnableMultipleHttp2Connections = true,
                    KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                    KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                    PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                    // trace context is written by the gRPC and HTTP instrumentation where telemetry is on
                    ActivityHeadersPropagator = System
                        .Diagnostics
                        .DistributedContextPropagator
                        .Current,
                };
                services.GetRequiredService<TlsFiles>().Use(handler.SslOptions);
                return handler;
            })
            // workers call outside of any served call
            .EnableCallContextPropagation(options => options.SuppressContextNotFoundErrors = true);
    }

    /// <summary>
    /// A name may stand for several replicas: calls go to each in turn, and the name is asked again (gRPC's <c>dns</c> scheme, which
    /// has no room for http or https). An address of digits, or this machine, is one server.
    /// </summary>
    private static Uri AddressOf(string? address, string setting)
    {
        if (
            !Uri.TryCreate(address, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
        )
        {
            throw new InvalidOperationException(
                $"{setting} must be an http or https address; it is '{address}'."
            );
        }
        return uri.IsLoopback || IPAddress.TryParse(uri.Host, out _)
            ? uri
            : new Uri($"dns:///{uri.Authority}{(uri.IsDefaultPort ? $":{uri.Port}" : "")}");
    }
}
