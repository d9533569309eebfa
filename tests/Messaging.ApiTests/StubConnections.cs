using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Connections.Client;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Identity;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>A connections service that says what a test wants, or nothing at all. Real gRPC on real Kestrel.</summary>
public sealed class StubConnections
{
    private readonly ConcurrentDictionary<(string, string), bool> _connected = new();
    private int _calls;
    private int _failures;

    /// <summary>Who asked last.</summary>
    public Caller? LastCaller { get; private set; }

    /// <summary>How often it was asked.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How many pairs were asked about in each call about several.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    /// <summary>Answers only when this is done; null answers at once.</summary>
    public Task? Holding { get; set; }

    /// <summary>A question that only warms up is answered when this is done.</summary>
    public Task WarmUpHolding { get; set; } = Task.CompletedTask;

    /// <summary>The next so many calls fail with UNAVAILABLE.</summary>
    public int Failures
    {
        set => Volatile.Write(ref _failures, value);
    }

    /// <summary>What each call is refused with; null answers.</summary>
    public Exception? Refuses { get; set; }

    /// <summary>How many others were asked about in each call about several of one member.</summary>
    public ConcurrentQueue<int> Groups { get; } = new();

    public void Connect(string one, string other) =>
        _connected[(one, other)] = _connected[(other, one)] = true;

    public void Disconnect(string one, string other)
    {
        _connected.TryRemove((one, other), out _);
        _connected.TryRemove((other, one), out _);
    }

    /// <summary>Builds a server of it.</summary>
    public WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = PlatformApp.CreateBuilder("connections", args, configure);
        builder.Services.AddSingleton(this);
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<Service>();
        return app;
    }

    // messaging warms up beside a test for as long as its answers are late: no question of the test's
    private static bool IsWarmUp(string member) =>
        member.StartsWith(ConnectionsWarmUpWorker.MemberPrefix, StringComparison.Ordinal);

    private async Task<ConnectionStatus> AnswerAsync(
        string member,
        string other,
        ServerCallContext context
    )
    {
        if (IsWarmUp(member))
        {
            await WarmUpHolding.WaitAsync(context.CancellationToken);
            return ConnectionStatus.None;
        }
        LastCaller = context.GetCaller();
        Interlocked.Increment(ref _calls);
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the stub is away"));
        }
        if (Refuses is { } refusal)
        {
            throw refusal;
        }
        if (Holding is { } holding)
        {
            await holding.WaitAsync(context.CancellationToken);
        }
        return _connected.ContainsKey((member, other))
            ? ConnectionStatus.Connected
            : ConnectionStatus.None;
    }

    private sealed class Service(StubConnections stub) : ConnectionsService.ConnectionsServiceBase
    {
        public override async Task<CheckConnectionResponse> CheckConnection(
            CheckConnectionRequest request,
            ServerCallContext context
        ) => new() { Status = await stub.AnswerAsync(request.MemberId, request.OtherId, context) };

        public override async Task<BatchCheckPairsResponse> BatchCheckPairs(
            BatchCheckPairsRequest request,
            ServerCallContext context
        )
        {
            context.GetCaller().Require(CallerRole.Service);
            if (!request.Pairs.Any(pair => IsWarmUp(pair.MemberId)))
            {
                stub.Batches.Enqueue(request.Pairs.Count);
            }
            // each asked about when the call comes, not one after the other
            var statuses = await Task.WhenAll(
                request.Pairs.Select(pair => stub.AnswerAsync(pair.MemberId, pair.OtherId, context))
            );
            var response = new BatchCheckPairsResponse();
            foreach (var (pair, status) in request.Pairs.Zip(statuses))
            {
                response.Checks.Add(
                    new ConnectionCheck { OtherId = pair.OtherId, Status = status }
                );
            }
            return response;
        }

        public override async Task<BatchCheckConnectionsResponse> BatchCheckConnections(
            BatchCheckConnectionsRequest request,
            ServerCallContext context
        )
        {
            if (!IsWarmUp(request.MemberId))
            {
                stub.Groups.Enqueue(request.OtherIds.Count);
            }
            var response = new BatchCheckConnectionsResponse();
            foreach (var other in request.OtherIds)
            {
                response.Checks.Add(
                    new ConnectionCheck
                    {
                        OtherId = other,
                        Status = await stub.AnswerAsync(request.MemberId, other, context),
                    }
                );
            }
            return response;
        }
    }
}
