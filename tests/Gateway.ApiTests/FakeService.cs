using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>
/// Stands for a service behind the gateway: speaks HTTP/2 in clear, answers every gRPC method with one empty message and every
/// other path with JSON, and says in headers who it is and what it saw.
/// </summary>
internal sealed class FakeService : IAsyncDisposable
{
    public const string NameHeader = "x-fake-service";
    public const string SeenHeader = "x-seen";
    public const string PathHeader = "x-path";

    // the five bytes before each gRPC message
    private const int FramePrefix = 5;

    private readonly WebApplication _app;
    private int _stopped;
    private int _calls;

    private FakeService(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>How many calls have arrived, of all paths.</summary>
    public int TotalCalls => Volatile.Read(ref _calls);

    public HealthCheckResponse.Types.ServingStatus Health { get; set; } =
        HealthCheckResponse.Types.ServingStatus.Serving;

    /// <summary>What methods answer, by path; those that are not here answer an empty message.</summary>
    public ConcurrentDictionary<string, Func<byte[], IMessage>> Answers { get; } = new();

    /// <summary>Methods that never answer, by path.</summary>
    public ConcurrentDictionary<string, bool> Silent { get; } = new();

    /// <summary>Methods that answer one empty message and then nothing more, without an end, by path.</summary>
    public ConcurrentDictionary<string, bool> Endless { get; } = new();

    /// <summary>Methods whose calls are cut off after they were read, by path.</summary>
    public ConcurrentDictionary<string, bool> Cut { get; } = new();

    /// <summary>What answers instead, by path: all of the answer is its.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Scripts { get; } = new();

    /// <summary>How many calls of each method came, by path.</summary>
    public ConcurrentDictionary<string, int> Calls { get; } = new();

    /// <summary>The <c>authorization</c> of each call, by path.</summary>
    public ConcurrentDictionary<string, string> Authorizations { get; } = new();

    /// <param name="name">What it calls itself.</param>
    /// <param name="port">Where it listens; 0 takes a free port.</param>
    /// <param name="endpoint">What its endpoint has beside HTTP/2.</param>
    public static async Task<FakeService> StartAsync(
        string name,
        int port = 0,
        Action<ListenOptions>? endpoint = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    endpoint?.Invoke(listen);
                }
            );
        });
        var app = builder.Build();
        var service = new FakeService(app);
        app.Run(context => service.AnswerAsync(context, name));
        await app.StartAsync();
        return service;
    }

    /// <summary>Ends as on SIGTERM: takes nothing new, and finishes what is under way.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    /// <summary>A message as gRPC sends it.</summary>
    public static byte[] Frame(byte[] message)
    {
        var frame = new byte[FramePrefix + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FramePrefix);
        return frame;
    }

    private async Task AnswerAsync(HttpContext context, string name)
    {
        var seen = string.Join(
            ",",
            context.Request.Headers.Select(header =>
                $"{header.Key.ToLowerInvariant()}={header.Value}"
            )
        );
        context.Response.Headers[NameHeader] = name;
        context.Response.Headers[SeenHeader] = seen;
        context.Response.Headers[PathHeader] = context
            .Features.GetRequiredFeature<IHttpRequestFeature>()
            .RawTarget;
        Interlocked.Increment(ref _calls);
        var path = context.Request.Path.Value!;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Authorizations[path] = context.Request.Headers.Authorization.ToString();
        Calls.AddOrUpdate(path, 1, static (_, calls) => calls + 1);
        if (Cut.ContainsKey(path))
        {
            context.Abort();
            return;
        }
        if (Scripts.TryGetValue(path, out var script))
        {
            await script(context);
            return;
        }
        if (Silent.ContainsKey(path))
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        if (
            context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal)
            != true
        )
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{}");
            return;
        }
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        var message =
            path == "/grpc.health.v1.Health/Check"
                ? new HealthCheckResponse { Status = Health }.ToByteArray()
            : Answers.TryGetValue(path, out var answer)
                ? answer(body.ToArray()[FramePrefix..]).ToByteArray()
            : [];
        await context.Response.Body.WriteAsync(Frame(message));
        if (Endless.ContainsKey(path))
        {
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
