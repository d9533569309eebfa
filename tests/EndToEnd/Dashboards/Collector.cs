using System.Buffers.Binary;
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
    private const int PrefixBytes = 5;

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
        app.MapPost(
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            context => AnswerAsync(context, collector.Metrics.Take)
        );
        app.MapPost(
            "/opentelemetry.proto.collector.{signal}.v1.{service}/Export",
            context => AnswerAsync(context, static _ => { })
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

    /// <summary>A call of gRPC by hand: a message behind its prefix, an empty message as the answer.</summary>
    private static async Task AnswerAsync(HttpContext context, Action<ByteString> take)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var message = body.ToArray().AsMemory();
        var length = BinaryPrimitives.ReadInt32BigEndian(message.Span[1..]);
        take(ByteString.CopyFrom(message.Span.Slice(PrefixBytes, length)));
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[PrefixBytes]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
