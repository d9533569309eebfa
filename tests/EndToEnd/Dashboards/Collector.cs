using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Dashboards;

/// <summary>
/// Stands in for the collector of deploy/telemetry, whose image cannot be had everywhere: takes OTLP over gRPC, offers the metrics to
/// Prometheus, drops traces and logs.
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app, int otlpPort, int scrapePort) =>
        (_app, OtlpAddress, Target) = (
            app,
            $"http://127.0.0.1:{otlpPort}",
            $"127.0.0.1:{scrapePort}"
        );

    /// <summary>Where services send to.</summary>
    public string OtlpAddress { get; }

    /// <summary>What Prometheus scrapes: host and port.</summary>
    public string Target { get; }

    public Exposition Metrics { get; } = new();

    public static async Task<Collector> StartAsync()
    {
        var (otlpPort, scrapePort) = (Ports.Free(), Ports.Free());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(otlpPort, endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.ListenLocalhost(
                scrapePort,
                endpoint => endpoint.Protocols = HttpProtocols.Http1
            );
        });
        var app = builder.Build();
        var collector = new Collector(app, otlpPort, scrapePort);
        app.MapOtlp(
            (signal, message) =>
            {
                if (signal == "metrics")
                {
                    collector.Metrics.Take(ByteString.CopyFrom(message));
                }
            }
        );
        app.MapGet("/metrics", () => Results.Text(collector.Metrics.Text()));
        await app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
