using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Draining;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>A gateway that is told to stop. Each test has one of its own.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private const string Watch = "/platform.connections.v1.ConnectionsService/WatchConnections";

    private readonly GatewayFixture _gateway = new()
    {
        Settings = [new("Shutdown:DrainTime", "00:00:01.5")],
    };

    public ValueTask InitializeAsync() => _gateway.InitializeAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Stop_UnderLoad_CallersThatHeedItsHealthLoseNoCall()
    {
        var failures = new ConcurrentQueue<string>();
        var calls = 0;
        var isChosen = true;
        var load = Enumerable
            .Range(0, 8)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (Volatile.Read(ref isChosen))
                    {
                        try
                        {
                            using var call = GatewayFixture.Call(
                                _gateway.Member(),
                                "platform.feed.v1.PostsService",
                                "CreatePost",
                                new byte[100]
                            );
                            await call.ResponseAsync;
                            Interlocked.Increment(ref calls);
                        }
                        catch (RpcException exception)
                        {
                            failures.Enqueue(exception.Status.ToString());
                        }
                    }
                })
            )
            .ToList();
        await Eventually.HoldsAsync(
            "calls are made",
            () => Task.FromResult(Volatile.Read(ref calls) > 100)
        );

        var stopping = _gateway.StopAsync();
        // as a balancer does
        var health = new Health.HealthClient(_gateway.Grpc(null));
        await Eventually.HoldsAsync(
            "the gateway says that it does not serve",
            async () =>
                (await health.CheckAsync(new HealthCheckRequest())).Status
                == HealthCheckResponse.Types.ServingStatus.NotServing
        );
        using var rest = await _gateway.Http.GetAsync("/health");
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, rest.StatusCode);
        Volatile.Write(ref isChosen, false);
        await Task.WhenAll(load);
        await stopping;

        Assert.True(failures.IsEmpty, string.Join('\n', failures.Distinct()));
    }

    [Fact]
    public async Task Stop_CallUnderWay_IsAnswered()
    {
        using var release = new ManualResetEventSlim();
        using var arrived = new ManualResetEventSlim();
        _gateway.Services["feed"].Answers["/platform.feed.v1.PostsService/CreatePost"] = _ =>
        {
            arrived.Set();
            release.Wait(TimeSpan.FromSeconds(20));
            return new CheckConnectionResponse();
        };
        using var call = GatewayFixture.Call(
            _gateway.Member(),
            "platform.feed.v1.PostsService",
            "CreatePost"
        );
        await Eventually.HoldsAsync("the call arrived", () => Task.FromResult(arrived.IsSet));

        var stopping = _gateway.StopAsync();
        // beyond the time in which it serves on
        await Eventually.HoldsAsync(
            "nothing new is accepted",
            async () =>
            {
                using var http = new HttpClient();
                try
                {
                    using var answer = await http.GetAsync(
                        new Uri(_gateway.Http.BaseAddress!, "/health/live")
                    );
                    return false;
                }
                catch (HttpRequestException)
                {
                    return true;
                }
            }
        );
        release.Set();

        await call.ResponseAsync;
        await stopping;
    }

    [Fact]
    public async Task Stop_StreamUnderWay_EndsWithAReason()
    {
        _gateway.Services["connections"].Endless[Watch] = true;
        using var stream = new ConnectionsService.ConnectionsServiceClient(
            _gateway.Member()
        ).WatchConnections(new WatchConnectionsRequest());
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        var stopping = _gateway.StopAsync();
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
            await stream.ResponseStream.MoveNext(CancellationToken.None)
        );
        await stopping;

        Assert.Equal(StatusCode.Unavailable, ended.StatusCode);
        Assert.Equal(ErrorReason.ShuttingDown, Refusal.Of(ended).Reason);
    }

    [Fact]
    public async Task Stop_AmidAMessage_EndsBehindIt()
    {
        var rest = new TaskCompletionSource();
        // 100 KB in a field that the contract does not know, so that it can be told by its size
        var large = new byte[100 * 1024];
        var message = new byte[large.Length + 5];
        using (var output = new CodedOutputStream(message))
        {
            output.WriteTag(1000, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(large));
            output.Flush();
            message = message[..(int)output.Position];
        }
        var frame = FakeService.Frame(message);
        _gateway.Services["connections"].Scripts[Watch] = async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(FakeService.Frame([]));
            await context.Response.Body.WriteAsync(frame.AsMemory(0, frame.Length / 2));
            await context.Response.Body.FlushAsync();
            await rest.Task;
            // what comes behind it comes with it
            await context.Response.Body.WriteAsync(
                (byte[])[.. frame[(frame.Length / 2)..], .. FakeService.Frame([])]
            );
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var stream = new ConnectionsService.ConnectionsServiceClient(
            _gateway.Member()
        ).WatchConnections(new WatchConnectionsRequest());
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        var stopping = _gateway.StopAsync();
        await Eventually.HoldsAsync(
            "the time in which it serves on is over",
            () => Task.FromResult(_gateway.Part<Drain>().Over.IsCancellationRequested)
        );
        rest.SetResult();

        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(message.Length, stream.ResponseStream.Current.CalculateSize());
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
            await stream.ResponseStream.MoveNext(CancellationToken.None)
        );
        Assert.Equal(ErrorReason.ShuttingDown, Refusal.Of(ended).Reason);
        await stopping;
    }

    [Theory]
    [InlineData("{\"first\":1}\n", "")]
    [InlineData("{\"first\":1}\n{\"second\":", "2}\n{\"third\":3}\n")]
    public async Task Stop_RestStreamUnderWay_EndsWithALineThatSaysWhy(string before, string after)
    {
        var rest = new TaskCompletionSource();
        _gateway.Services["connections"].Scripts["/v1/connections:watch"] = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(before);
            await context.Response.Body.FlushAsync();
            await rest.Task;
            await context.Response.WriteAsync(after);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/connections:watch");
        request.Headers.Authorization = new("Bearer", _gateway.Identity.Token("ada"));
        using var answer = await _gateway.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead
        );
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("{\"first\":1}", await lines.ReadLineAsync());

        var stopping = _gateway.StopAsync();
        await Eventually.HoldsAsync(
            "the time in which it serves on is over",
            () => Task.FromResult(_gateway.Part<Drain>().Over.IsCancellationRequested)
        );
        rest.SetResult();
        var left = (await lines.ReadToEndAsync()).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        await stopping;

        Assert.Equal(after.Length > 0 ? ["{\"second\":2}"] : [], left[..^1]);
        var why = JsonParser.Default.Parse<Struct>(left[^1]);
        Assert.Equal((double)StatusCode.Unavailable, why.Fields["code"].NumberValue);
        Assert.Equal(
            "SHUTTING_DOWN",
            why.Fields["details"].ListValue.Values[0].StructValue.Fields["reason"].StringValue
        );
    }
}
