using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>What happens to a send when connections is away, slow or unsure. Each test has its own services.</summary>
public sealed class GateTests : IAsyncLifetime
{
    // what the gate waits by itself would be too short for a test on a busy machine
    private static readonly TimeSpan GateTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly MessagingFixture _fixture = new() { GateTimeout = GateTimeout };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task SendMessage_ConnectionsDown_IsUnavailableInTimeAndStoresNothing()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await _fixture.StopConnectionsAsync();
        var clock = Stopwatch.StartNew();

        var refusal = await Refusal.OfAsync(() =>
            _fixture.SendAsync(pair, "ann", "anybody there?")
        );
        var start = await Refusal.OfAsync(
            _fixture
                .As("ann")
                .StartConversationAsync(
                    new() { OtherMemberIds = { "cid" } },
                    cancellationToken: Token
                )
        );

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Soon);
        foreach (var one in new[] { refusal, start })
        {
            Assert.Equal(StatusCode.Unavailable, one.Code);
            Assert.Equal(ErrorReason.DependencyUnavailable, one.Reason);
            Assert.Equal("connections", one.Info.Metadata["dependency"]);
        }
        Assert.Empty(await _fixture.TextsAsync(pair, "ann"));
    }

    [Fact]
    public async Task SendMessage_NotLetThrough_IsCountedByReason()
    {
        using var meters = new TestMeters(
            _fixture.Messaging.Services.GetRequiredService<IMeterFactory>()
        );
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await _fixture.SendAsync(pair, "ann", "let through");
        _fixture.Connections.Disconnect("ann", "bob");
        await Refusal.OfAsync(() => _fixture.SendAsync(pair, "ann", "not connected"));
        await _fixture.StopConnectionsAsync();
        await Refusal.OfAsync(() => _fixture.SendAsync(pair, "ann", "no answer"));

        Assert.Equal(1, meters.Sum("messaging.gate.refusals", "NOT_FIRST_DEGREE"));
        Assert.Equal(1, meters.Sum("messaging.gate.refusals", "DEPENDENCY_UNAVAILABLE"));
    }

    [Fact]
    public async Task SendMessage_ConnectionsHangs_IsUnavailableInTimeAndStoresNothingLater()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        var held = new TaskCompletionSource();
        _fixture.Connections.Holding = held.Task;
        var clock = Stopwatch.StartNew();

        var refusal = await Refusal.OfAsync(() => _fixture.SendAsync(pair, "ann", "slow"));

        Assert.InRange(clock.Elapsed, GateTimeout / 2, Soon);
        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        held.SetResult();
        _fixture.Connections.Holding = null;
        // a yes that comes too late lets nothing through: the next one takes the first number
        Assert.Equal(1, (await _fixture.SendAsync(pair, "ann", "quick again")).Number);
        Assert.Equal(["quick again"], await _fixture.TextsAsync(pair, "bob"));
    }

    [Fact]
    public async Task SendMessage_CallersDeadlineIsShorter_BoundsTheGate()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        _fixture.Connections.Holding = new TaskCompletionSource().Task;

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await _fixture
                .As("ann")
                .SendMessageAsync(
                    new SendMessageRequest { ConversationId = pair, Text = "hurry" },
                    deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(100),
                    cancellationToken: Token
                )
        );

        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        _fixture.Connections.Holding = null;
        Assert.Empty(await _fixture.TextsAsync(pair, "ann"));
    }

    [Fact]
    public async Task SendMessage_ConnectionsAwayForAMoment_IsAskedAgain()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        _fixture.Connections.Failures = 1;
        var before = _fixture.Connections.Calls;

        var message = await _fixture.SendAsync(pair, "ann", "once");

        Assert.Equal(1, message.Number);
        Assert.Equal(2, _fixture.Connections.Calls - before);
    }

    [Theory]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.ResourceExhausted)]
    public async Task SendMessage_ConnectionsRefuses_IsNotAskedAgain(StatusCode code)
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        _fixture.Connections.Refuses = new RpcException(new Status(code, "no"));
        var before = _fixture.Connections.Calls;

        var refusal = await Refusal.OfAsync(() => _fixture.SendAsync(pair, "ann", "once"));

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal(1, _fixture.Connections.Calls - before);
    }

    [Fact]
    public async Task SendMessage_RevisionsThatAreNotThereYet_HoldNobodyElseUp()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        _fixture.Connections.Refuses = new DomainException(
            ErrorReason.RevisionNotReached,
            "Not yet."
        );
        for (var index = 0; index < 12; index++)
        {
            var refusal = await Refusal.OfAsync(() =>
                _fixture
                    .As("ann")
                    .SendMessageAsync(
                        new SendMessageRequest
                        {
                            ConversationId = pair,
                            Text = "later",
                            ConnectionsConsistency = new() { AtLeastRevision = "c9999999999" },
                        },
                        cancellationToken: Token
                    )
                    .ResponseAsync
            );
            Assert.Equal(ErrorReason.RevisionNotReached, refusal.Reason);
        }
        _fixture.Connections.Refuses = null;

        // with an open circuit it would be refused unasked
        Assert.Equal(1, (await _fixture.SendAsync(pair, "bob", "now")).Number);
    }

    [Fact]
    public async Task SendMessage_ToAGroup_IsCheckedInOneCall()
    {
        string[] others = ["bob", "cid", "dan", "eve"];
        foreach (var other in others)
        {
            _fixture.Connections.Connect("ann", other);
        }
        var group = (
            await _fixture
                .As("ann")
                .StartConversationAsync(
                    new() { OtherMemberIds = { others }, Name = "Us" },
                    cancellationToken: Token
                )
        )
            .Conversation
            .ConversationId;
        _fixture.Connections.Groups.Clear();

        await _fixture.SendAsync(group, "ann", "to all");

        Assert.Equal([others.Length], _fixture.Connections.Groups);
    }

    [Fact]
    public async Task SendMessage_ManyAtOnce_ShareChecksAndEachGetsItsOwnAnswer()
    {
        const int Senders = 20;
        var pairs = new List<string>();
        for (var index = 0; index < Senders; index++)
        {
            pairs.Add(await _fixture.StartPairAsync($"ann{index}", $"bob{index}"));
            if (index % 5 == 4)
            {
                _fixture.Connections.Disconnect($"ann{index}", $"bob{index}");
            }
        }
        var before = _fixture.Connections.Calls;
        var held = new TaskCompletionSource();
        _fixture.Connections.Holding = held.Task;

        var sends = pairs.Select((pair, index) => TrySendAsync(pair, $"ann{index}")).ToList();
        await Eventually.HoldsAsync(
            "all are asked about",
            () => Task.FromResult(_fixture.Connections.Calls - before == Senders)
        );
        held.SetResult();
        var reasons = await Task.WhenAll(sends);

        Assert.Contains(_fixture.Connections.Batches, size => size > 1);
        for (var index = 0; index < Senders; index++)
        {
            var isStranger = index % 5 == 4;
            Assert.Equal(isStranger ? ErrorReason.NotFirstDegree : null, reasons[index]);
            Assert.Equal(
                isStranger ? [] : ["together"],
                await _fixture.TextsAsync(pairs[index], $"bob{index}")
            );
        }

        async Task<ErrorReason?> TrySendAsync(string pair, string member)
        {
            try
            {
                await _fixture.SendAsync(pair, member, "together");
                return null;
            }
            catch (RpcException exception)
            {
                return Refusal.Of(exception).Reason;
            }
        }
    }

    [Fact]
    public async Task SendMessage_Gate_AsksAsTheServiceForTheMember()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");

        await _fixture.SendAsync(pair, "ann", "hello");

        Assert.Equal(new Caller(CallerRole.Service, "messaging"), _fixture.Connections.LastCaller);
    }

    [Fact]
    public async Task SendMessage_ConnectionsAwayForLong_IsRefusedWithoutAskingUntilItIsBack()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await using var replica = await _fixture.StartReplicaAsync(
            new("Gate:FailuresToOpen", "2"),
            new("Gate:OpenTime", "00:00:00.3")
        );
        var client = _fixture.With(replica.As("ann"));
        _fixture.Connections.Failures = int.MaxValue;
        for (var index = 0; index < 2; index++)
        {
            await Refusal.OfAsync(SendAsync());
        }
        var asked = _fixture.Connections.Calls;

        var refusal = await Refusal.OfAsync(SendAsync());

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal(asked, _fixture.Connections.Calls);
        Assert.Equal(
            TimeSpan.FromMilliseconds(300),
            refusal.Status.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.ToTimeSpan()
        );
        _fixture.Connections.Failures = 0;
        SendMessageResponse? answer = null;
        await Eventually.HoldsAsync(
            "sends are let through again",
            async () =>
            {
                try
                {
                    answer = await SendAsync();
                    return true;
                }
                catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
                {
                    return false;
                }
            }
        );
        Assert.Equal(1, answer!.Message.Number);

        AsyncUnaryCall<SendMessageResponse> SendAsync() =>
            client.SendMessageAsync(
                new SendMessageRequest { ConversationId = pair, Text = "hello" },
                cancellationToken: Token
            );
    }

    [Fact]
    public async Task Health_AtStart_ServesOnceTheGateIsAnswered()
    {
        var held = new TaskCompletionSource();
        _fixture.Connections.WarmUpHolding = held.Task;
        await _fixture.RestartMessagingAsync();

        Assert.Equal(ServingStatus.NotServing, await HealthAsync());

        held.SetResult();
        await Eventually.HoldsAsync(
            "messaging serves",
            async () => await HealthAsync() == ServingStatus.Serving
        );
        await _fixture.StopConnectionsAsync();
        Assert.Equal(ServingStatus.Serving, await HealthAsync());
    }

    [Fact]
    public async Task Reads_ConnectionsDown_GoOn()
    {
        var pair = await _fixture.StartPairAsync("ann", "bob");
        await _fixture.SendAsync(pair, "ann", "before", "r1");
        await _fixture.StopConnectionsAsync();

        Assert.Equal(["before"], await _fixture.TextsAsync(pair, "bob"));
        // known already: needs no gate
        Assert.Equal(1, (await _fixture.SendAsync(pair, "ann", "before", "r1")).Number);
    }

    private async Task<ServingStatus> HealthAsync() =>
        (
            await new Health.HealthClient(_fixture.Messaging.WithToken(null)).CheckAsync(
                new HealthCheckRequest(),
                cancellationToken: Token
            )
        ).Status;
}
