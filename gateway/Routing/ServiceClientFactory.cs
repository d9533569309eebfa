using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Tls;
using Yarp.ReverseProxy.Forwarder;

namespace Platform.Gateway.Routing;

/// <summary>The connections to the services, tuned for many small calls over few HTTP/2 connections.</summary>
internal sealed class ServiceClientFactory(
    ILogger<ForwarderHttpClientFactory> logger,
    IOptions<GatewayOptions> options,
    TlsFiles tls,
    IConfiguration configuration
) : ForwarderHttpClientFactory(logger)
{
    protected override void ConfigureHandler(
        ForwarderHttpClientContext context,
        SocketsHttpHandler handler
    )
    {
        base.ConfigureHandler(context, handler);
        tls.Use(handler.SslOptions);
        handler.EnableMultipleHttp2Connections = true;
        handler.ConnectTimeout = options.Value.ConnectTimeout;
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        // without an exporter no activity is made for a call, and there is no trace to pass on
        if (string.IsNullOrEmpty(configuration[TelemetryExtensions.EndpointVariable]))
        {
            handler.ActivityHeadersPropagator = null;
        }
    }
}
