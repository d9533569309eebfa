using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>Takes what is sent by OTLP over gRPC, as a collector does, and keeps it all.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Signal, byte[] Message)> _received = new();
    private readonly ConcurrentQueue<ExportedSpan> _spans = new();
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>For <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string Address => _app.Urls.First();

    /// <summary>The variables that make a process send here, and soon.</summary>
    public IReadOnlyDictionary<string, string> Variables =>
        new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        };

    /// <summary>All that came of a signal: <c>trace</c>, <c>metrics</c> or <c>logs</c>; of all signals when null.</summary>
    public IReadOnlyList<byte[]> Messages(string? signal = null) =>
        [
            .. _received
                .Where(received => signal is null || received.Signal == signal)
                .Select(received => received.Message),
        ];

    /// <summary>Starts it on a free port.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                endpoint => endpoint.Protocols = HttpProtocols.Http2
            )
        );
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapOtlp(receiver.Take);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>
    /// Waits for a span, and answers the way to it: the spans from the beginning of its trace down to it.
    /// </summary>
    /// <param name="what">What is awaited, for whoever reads that it did not come.</param>
    /// <param name="isIt">Whether this is the way to it.</param>
    public async Task<IReadOnlyList<ExportedSpan>> WayAsync(
        string what,
        Func<IReadOnlyList<ExportedSpan>, bool> isIt
    )
    {
        IReadOnlyList<ExportedSpan>? found = null;
        await Eventually.HoldsAsync(
            $"there is a trace of {what}",
            () =>
            {
                var spans = _spans
                    .GroupBy(span => (span.TraceId, span.SpanId))
                    .ToDictionary(group => group.Key, group => group.First());
                found = spans
                    .Values.Select(span => WayTo(span, spans))
                    .FirstOrDefault(way => way.Count > 0 && isIt(way));
                return Task.FromResult(found is not null);
            },
            TimeSpan.FromSeconds(60)
        );
        return found!;
    }

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<ExportedSpan> Spans => [.. _spans];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>Empty as long as a span on the way has not come.</summary>
    private static List<ExportedSpan> WayTo(
        ExportedSpan span,
        Dictionary<(string, string), ExportedSpan> spans
    )
    {
        var way = new List<ExportedSpan> { span };
        while (way[0].ParentId.Length > 0)
        {
            if (!spans.TryGetValue((span.TraceId, way[0].ParentId), out var parent))
            {
                return [];
            }
            way.Insert(0, parent);
        }
        return way;
    }

    private void Take(string signal, byte[] message)
    {
        _received.Enqueue((signal, message));
        if (signal == "trace")
        {
            foreach (var span in OtlpSpans.Read(message))
            {
                _spans.Enqueue(span);
            }
        }
    }
}
