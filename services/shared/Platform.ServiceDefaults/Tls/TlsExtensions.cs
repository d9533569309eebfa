using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Tls;

/// <summary>TLS by configuration, for servers and clients alike.</summary>
internal static class TlsExtensions
{
    /// <summary>What both sides need; calling it again changes nothing.</summary>
    public static void AddTlsFiles(this IHostApplicationBuilder builder)
    {
        if (builder.Services.All(service => service.ServiceType != typeof(TlsFiles)))
        {
            builder.AddValidatedOptions<TlsOptions>("Tls");
            builder.Services.TryAddSingleton(TimeProvider.System);
            builder.Services.AddSingleton<TlsFiles>();
        }
    }

    /// <summary>Every endpoint of this server speaks TLS when a certificate is configured; which protocols it has stays its own.</summary>
    public static void AddTls(this WebApplicationBuilder builder)
    {
        builder.AddTlsFiles();
        // the slim builder leaves it out
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder
            .Services.AddOptions<KestrelServerOptions>()
            .Configure<TlsFiles>(
                (kestrel, tls) =>
                    kestrel.ConfigureEndpointDefaults(endpoint =>
                    {
                        // gRPC in clear text: HTTP/1.1 and h2c cannot share a port
                        endpoint.Protocols = HttpProtocols.Http2;
                        if (tls.IsServed)
                        {
                            endpoint.UseHttps(tls.Serve());
                        }
                    })
            );
    }
}
