using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http;
using Platform.Common.V1;
using Platform.Gateway.Deadlines;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>A gateway before two replicas of feed, of which one stops, hangs up or says that it does not serve.</summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private const string Service = "platform.feed.v1.PostsService";
    private const string Read = "GetPost";
    private const string Write = "CreatePost";
    private const string Second = "feed-2";
    private const string HealthCheck = "/grpc.health.v1.Health/Check";

    private FakeService _second = null!;
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _second = await FakeService.StartAsync(Second);
        _gateway = new GatewayFixture
        {
            Settings =
            [
                new("Services:Feed:Replicas:0", _second.Address),
                new("Gateway:ReplicaHealthInterval", "00:00:00.050"),
            ],
        };
        await _gateway.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Calls_TwoReplicas_ReachBoth()
    {
        await Eventually.HoldsAsync(
            "calls reach both replicas",
            async () => (await ReachedAsync(20)).Count == 2
        );
    }

    [Theory]
    [InlineData(Read)]
    [InlineData(Write)]
    public async Task Calls_OneReplicaDown_AllAreAnswered(string method)
    {
        await _second.DisposeAsync();

        for (var call = 0; call < 50; call++)
        {
            await CallAsync(method);
        }
    }

    [Fact]
    public async Task Calls_OneReplicaSaysThatItDoesNotServe_ReachTheOther()
    {
        _second.Health = HealthCheckResponse.Types.ServingStatus.NotServing;
        await Eventually.HoldsAsync(
            "no call reaches the replica that does not serve",
            async () => !(await ReachedAsync(20)).Contains(Second)
        );

        _second.Health = HealthCheckResponse.Types.ServingStatus.Serving;
        await Eventually.HoldsAsync(
            "calls reach the replica again",
            async () => (await ReachedAsync(20)).Contains(Second)
        );
    }

    [Fact]
    public async Task Calls_OneReplicaStaysSilent_DoNotReachItNowAndThen()
    {
        _second.Silent[HealthCheck] = true;
        await Eventually.HoldsAsync(
            "no call reaches the replica that does not say how it is",
            async () => !(await ReachedAsync(20)).Contains(Second)
        );

        var asked = _second.Calls[HealthCheck];
        while (_second.Calls[HealthCheck] < asked + 4)
        {
            Assert.DoesNotContain(Second, await ReachedAsync(20));
        }
    }

    [Fact]
    public async Task Calls_OneReplicaSaysThatItDoesNotServeAndTheOtherSaysNothing_ReachTheOther()
    {
        // busy: it answers calls, and whoever asks how it is gives up before it does
        _gateway.Services["feed"].Silent[HealthCheck] = true;
        await Eventually.HoldsAsync(
            "no call reaches the replica that does not say how it is",
            async () => (await ReachedAsync(20)).SetEquals([Second])
        );

        _second.Health = HealthCheckResponse.Types.ServingStatus.NotServing;

        await Eventually.HoldsAsync(
            "no call reaches the replica that does not serve",
            async () => !(await ReachedAsync(20)).Contains(Second)
        );
    }

    [Fact]
    public async Task Read_ReplicaHangsUp_IsAnsweredByTheOther()
    {
        _second.Cut[$"/{Service}/{Read}"] = true;

        await Eventually.HoldsAsync(
            "a call meets the replica that hangs up",
            async () =>
            {
                await CallAsync(Read, new byte[100]);
                return _second.Calls.GetValueOrDefault($"/{Service}/{Read}") > 0;
            }
        );
    }

    [Fact]
    public async Task Write_ReplicaHangsUpAfterItCame_FailsAndIsNotRepeated()
    {
        foreach (var replica in new[] { _second, _gateway.Services["feed"] })
        {
            replica.Cut[$"/{Service}/{Write}"] = true;
        }

        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(_gateway.Member(), Service, Write, new byte[100])
        );

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal(
            1,
            _second.Calls.GetValueOrDefault($"/{Service}/{Write}")
                + _gateway.Services["feed"].Calls.GetValueOrDefault($"/{Service}/{Write}")
        );
    }

    [Fact]
    public async Task Read_BothReplicasHangUp_FailsAfterOneCallToEach()
    {
        foreach (var replica in new[] { _second, _gateway.Services["feed"] })
        {
            replica.Cut[$"/{Service}/{Read}"] = true;
        }

        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(_gateway.Member(), Service, Read, new byte[100])
        );

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal(1, _second.Calls[$"/{Service}/{Read}"]);
        Assert.Equal(1, _gateway.Services["feed"].Calls[$"/{Service}/{Read}"]);
    }

    [Fact]
    public async Task Read_ReplicaHangsUpLate_TheOtherIsToldWhatIsLeft()
    {
        var spent = TimeSpan.FromMilliseconds(300);
        var told = new ConcurrentQueue<TimeSpan>();
        _second.Scripts[$"/{Service}/{Read}"] = AnswerAsync;
        _gateway.Services["feed"].Scripts[$"/{Service}/{Read}"] = AnswerAsync;
        using var call = GatewayFixture.Call(
            _gateway.Member(),
            Service,
            Read,
            // the client library reckons a deadline by the real clock
            options: new CallOptions(deadline: DateTime.UtcNow + TimeSpan.FromSeconds(20))
        );

        await call.ResponseAsync;

        Assert.Equal(2, told.Count);
        Assert.InRange(told.Last(), TimeSpan.FromSeconds(1), told.First() - spent);

        async Task AnswerAsync(HttpContext context)
        {
            told.Enqueue(CallDeadline.Read(context.Request.Headers, TimeProvider.System)!.Timeout);
            if (told.Count == 1)
            {
                var clock = Stopwatch.StartNew();
                await Eventually.HoldsAsync(
                    "some of the time is over",
                    () => Task.FromResult(clock.Elapsed >= spent)
                );
                context.Abort();
                return;
            }
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(FakeService.Frame([]));
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }

    [Fact]
    public async Task Roll_UnderLoad_NoCallFails()
    {
        const int callers = 8;
        const int callsBetween = 400;
        var failures = new ConcurrentQueue<string>();
        var calls = 0;
        var over = false;
        var load = Enumerable
            .Range(0, callers)
            .Select(caller =>
                Task.Run(async () =>
                {
                    while (!Volatile.Read(ref over))
                    {
                        try
                        {
                            await CallAsync(caller % 2 == 0 ? Read : Write, new byte[100]);
                        }
                        catch (RpcException exception)
                        {
                            failures.Enqueue(exception.Status.ToString());
                        }
                        Interlocked.Increment(ref calls);
                    }
                })
            )
            .ToList();

        await MoreCallsAsync();
        var port = new Uri(_second.Address).Port;
        await DrainAsync(_second);
        await _second.StopAsync();
        await MoreCallsAsync();
        _second = await FakeService.StartAsync(Second, port);
        await Eventually.HoldsAsync(
            "the new replica is called",
            () => Task.FromResult(!_second.Calls.IsEmpty)
        );
        await DrainAsync(_gateway.Services["feed"]);
        await _gateway.Services["feed"].StopAsync();
        await MoreCallsAsync();
        Volatile.Write(ref over, true);
        await Task.WhenAll(load);

        Assert.True(failures.IsEmpty, string.Join('\n', failures.Distinct()));

        // As in an orderly roll: one that stops amid calls may lose a write that it had taken, and nobody can tell whether it was done.
        Task DrainAsync(FakeService replica)
        {
            replica.Health = HealthCheckResponse.Types.ServingStatus.NotServing;
            return Eventually.HoldsAsync(
                "it is called no more",
                async () =>
                {
                    var before = OfPosts(replica);
                    await MoreCallsAsync();
                    return OfPosts(replica) == before;
                }
            );
        }

        static int OfPosts(FakeService replica) =>
            replica
                .Calls.Where(calls => calls.Key.Contains(Service, StringComparison.Ordinal))
                .Sum(calls => calls.Value);

        Task MoreCallsAsync()
        {
            var enough = Volatile.Read(ref calls) + callsBetween;
            return Eventually.HoldsAsync(
                "calls go on",
                () => Task.FromResult(Volatile.Read(ref calls) >= enough)
            );
        }
    }

    [Fact]
    public void Contract_EveryUnaryGet_SaysThatItChangesNothing()
    {
        var wrong = Contract
            .Services.SelectMany(service => service.Methods)
            .Where(method => !method.IsClientStreaming && !method.IsServerStreaming)
            .Where(method =>
            {
                var verbs = Contract.RestOf(method).Select(rest => rest.Method).ToList();
                var changesNothing =
                    method.GetOptions()?.IdempotencyLevel
                    == MethodOptions.Types.IdempotencyLevel.NoSideEffects;
                return changesNothing
                    ? verbs.Exists(verb => verb != HttpMethod.Get && verb != HttpMethod.Post)
                    : verbs.Contains(HttpMethod.Get);
            })
            .Select(method => method.FullName);

        Assert.Empty(wrong);
    }

    private async Task<string> CallAsync(string method, byte[]? message = null)
    {
        using var call = GatewayFixture.Call(_gateway.Member(), Service, method, message);
        await call.ResponseAsync;
        return (await call.ResponseHeadersAsync).GetValue(FakeService.NameHeader)!;
    }

    private async Task<HashSet<string>> ReachedAsync(int calls)
    {
        var reached = new HashSet<string>();
        for (var call = 0; call < calls; call++)
        {
            reached.Add(await CallAsync(Write));
        }
        return reached;
    }
}
