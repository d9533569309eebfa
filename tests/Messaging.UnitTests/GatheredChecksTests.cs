using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Platform.Connections.V1;
using Platform.Messaging.Connections;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class GatheredChecksTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);

    private readonly FakeTimeProvider _time = new();
    private readonly HeldConnections _connections = new();
    private readonly GatheredChecks _checks;

    public GatheredChecksTests() => _checks = new GatheredChecks(_connections, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_Alone_IsAskedByItselfAtOnce()
    {
        var check = CheckAsync("ann", "bob");

        var call = await _connections.NextAsync();
        call.Answer(ConnectionStatus.Connected);

        Assert.Equal(["ann-bob"], call.Pairs);
        Assert.True(call.IsSingle);
        Assert.Equal(ConnectionStatus.Connected, await check);
    }

    [Fact]
    public async Task Check_OfTracedCalls_IsInTheTraceOfTheFirst_WithLinksToTheOthers()
    {
        using var source = new ActivitySource("tests.gathered");
        var asks = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = from => from.Name is "tests.gathered" or "Platform.Messaging",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = asks.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var first = Traced();
        (await _connections.NextAsync()).Answer(ConnectionStatus.None);
        await first.Check;
        var held = Traced();
        var heldCall = await _connections.NextAsync();
        var (second, third) = (Traced(), Traced());
        heldCall.Answer(ConnectionStatus.None);
        (await _connections.NextAsync()).Answer(ConnectionStatus.None, ConnectionStatus.None);
        await Task.WhenAll(held.Check, second.Check, third.Check);

        await Eventually.HoldsAsync(
            "the questions have ended",
            () => Task.FromResult(AskOf(first) is not null && AskOf(second) is not null)
        );
        Assert.Empty(AskOf(first)!.Links);
        Assert.Equal(third.Call.TraceId, Assert.Single(AskOf(second)!.Links).Context.TraceId);
        Assert.Null(AskOf(third));

        (Activity Call, Task Check) Traced()
        {
            // a call of its own, as served ones are
            using var _ = ExecutionContext.SuppressFlow();
            return Task.Run(() =>
                {
                    Activity.Current = null;
                    var call = source.StartActivity("call")!;
                    return (call, (Task)CheckAsync("ann", "bob"));
                })
                .GetAwaiter()
                .GetResult();
        }

        Activity? AskOf((Activity Call, Task Check) asked) =>
            asks.FirstOrDefault(ask =>
                ask.DisplayName == "ask connections" && ask.ParentSpanId == asked.Call.SpanId
            );
    }

    [Fact]
    public async Task Check_WhileOneIsUnderWay_GoesWithTheNextInOneCall()
    {
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var others = new[]
        {
            CheckAsync("ann", "bob"),
            CheckAsync("cid", "dan"),
            CheckAsync("eve", "fay"),
        };

        firstCall.Answer(ConnectionStatus.Connected);
        var nextCall = await _connections.NextAsync();
        nextCall.Answer(
            ConnectionStatus.None,
            ConnectionStatus.Connected,
            ConnectionStatus.InvitationSent
        );

        // asked about after the first call was made, so not answered by it
        Assert.Equal(["ann-bob", "cid-dan", "eve-fay"], nextCall.Pairs);
        Assert.Equal(ConnectionStatus.Connected, await first);
        Assert.Equal(
            [ConnectionStatus.None, ConnectionStatus.Connected, ConnectionStatus.InvitationSent],
            await Task.WhenAll(others)
        );
        Assert.Equal(2, _connections.Calls);
    }

    [Fact]
    public async Task Check_MoreThanOneCallTakes_AreAskedInSeveral()
    {
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var others = Enumerable
            .Range(0, GatheredChecks.MaxPairs + 1)
            .Select(index => CheckAsync("ann", $"m{index}"))
            .ToList();

        firstCall.Answer(ConnectionStatus.Connected);
        var full = await _connections.NextAsync();
        full.AnswerAll(ConnectionStatus.Connected);
        var rest = await _connections.NextAsync();
        rest.AnswerAll(ConnectionStatus.None);

        await first;
        Assert.Equal(GatheredChecks.MaxPairs, full.Pairs.Count);
        Assert.Equal([$"ann-m{GatheredChecks.MaxPairs}"], rest.Pairs);
        Assert.Equal(ConnectionStatus.Connected, await others[0]);
        Assert.Equal(ConnectionStatus.None, await others[^1]);
    }

    [Fact]
    public async Task Check_TheOneUnderWayHangs_WaitsForItNoLongerThanPatience()
    {
        var hanging = CheckAsync("ann", "bob");
        await _connections.NextAsync();
        var other = CheckAsync("cid", "dan");

        _time.Advance(GatheredChecks.Patience);
        var call = await _connections.NextAsync();
        call.Answer(ConnectionStatus.Connected);

        Assert.Equal(["cid-dan"], call.Pairs);
        Assert.Equal(ConnectionStatus.Connected, await other);
        Assert.False(hanging.IsCompleted);
    }

    [Fact]
    public async Task Check_CallOfSeveralFails_IsAFailureOfOneOfThem()
    {
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var others = new[]
        {
            CheckAsync("cid", "dan"),
            CheckAsync("eve", "fay"),
            CheckAsync("gil", "hal"),
        };

        firstCall.Answer(ConnectionStatus.Connected);
        (await _connections.NextAsync()).Fail(StatusCode.Unavailable);
        await first;
        var failures = new List<RpcException>();
        foreach (var other in others)
        {
            failures.Add(await Assert.ThrowsAnyAsync<RpcException>(() => other));
        }

        Assert.All(failures, failure => Assert.Equal(StatusCode.Unavailable, failure.StatusCode));
        Assert.Single(failures, failure => failure is not CheckOfOthersFailedException);
    }

    [Fact]
    public async Task Check_ConnectionsDoesNotKnowTheQuestionYet_AsksAboutEach()
    {
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var others = new[] { CheckAsync("cid", "dan"), CheckAsync("eve", "fay") };

        firstCall.Answer(ConnectionStatus.Connected);
        (await _connections.NextAsync()).Fail(StatusCode.Unimplemented);
        var each = new[] { await _connections.NextAsync(), await _connections.NextAsync() };
        foreach (var call in each)
        {
            Assert.True(call.IsSingle);
            call.Answer(
                call.Pairs is ["cid-dan"] ? ConnectionStatus.Connected : ConnectionStatus.None
            );
        }

        await first;
        Assert.Equal(
            [ConnectionStatus.Connected, ConnectionStatus.None],
            await Task.WhenAll(others)
        );
    }

    [Fact]
    public async Task Check_DeadlinePassed_IsNoAnswerAndHoldsNobodyBack()
    {
        var hanging = CheckAsync("ann", "bob", TimeSpan.FromMilliseconds(10));
        var call = await _connections.NextAsync();

        _time.Advance(TimeSpan.FromMilliseconds(10));

        Assert.Equal(
            StatusCode.DeadlineExceeded,
            (await Assert.ThrowsAsync<RpcException>(() => hanging)).StatusCode
        );
        Assert.Equal(_time.GetUtcNow().UtcDateTime, call.Deadline);
        call.Answer(ConnectionStatus.Connected);
        var next = CheckAsync("ann", "bob");
        (await _connections.NextAsync()).Answer(ConnectionStatus.None);
        Assert.Equal(ConnectionStatus.None, await next);
    }

    [Fact]
    public async Task Check_CallersOfOneCall_EachWaitAsLongAsTheyCan()
    {
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var hurried = CheckAsync("cid", "dan", TimeSpan.FromMilliseconds(5));
        var patient = CheckAsync("eve", "fay");
        firstCall.Answer(ConnectionStatus.Connected);
        await first;
        var call = await _connections.NextAsync();

        _time.Advance(TimeSpan.FromMilliseconds(5));

        await Assert.ThrowsAsync<RpcException>(() => hurried);
        Assert.False(patient.IsCompleted);
        call.Answer(ConnectionStatus.Connected, ConnectionStatus.Connected);
        Assert.Equal(ConnectionStatus.Connected, await patient);
    }

    [Fact]
    public async Task Check_CallerGoesAwayWhileItWaits_IsNotAskedAboutAndDisturbsNobody()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var leaving = CheckAsync("cid", "dan", cancellationToken: gone.Token);
        var staying = CheckAsync("eve", "fay");

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        firstCall.Answer(ConnectionStatus.Connected);
        var call = await _connections.NextAsync();
        call.Answer(ConnectionStatus.Connected);

        await first;
        Assert.Equal(["eve-fay"], call.Pairs);
        Assert.Equal(ConnectionStatus.Connected, await staying);
    }

    [Fact]
    public async Task Check_CallerGoesAwayWhileAsked_DoesNotEndTheCallOfTheOthers()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var leaving = CheckAsync("cid", "dan", cancellationToken: gone.Token);
        var staying = CheckAsync("eve", "fay");
        firstCall.Answer(ConnectionStatus.Connected);
        await first;
        var call = await _connections.NextAsync();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        call.Answer(ConnectionStatus.Connected, ConnectionStatus.Connected);

        Assert.Equal(ConnectionStatus.Connected, await staying);
    }

    [Fact]
    public async Task Check_AnswerLacksOrMistakesSomebody_IsANoForThem()
    {
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var others = new[] { CheckAsync("cid", "dan"), CheckAsync("eve", "fay") };
        firstCall.Answer(ConnectionStatus.Connected);
        await first;

        var call = await _connections.NextAsync();
        call.AnswerWith(
            new ConnectionCheck { OtherId = "somebody", Status = ConnectionStatus.Connected }
        );

        Assert.Equal([ConnectionStatus.None, ConnectionStatus.None], await Task.WhenAll(others));
    }

    [Fact]
    public async Task Check_CallFails_IsToldToAllAndTheNextIsAskedAnew()
    {
        var first = CheckAsync("ann", "bob");
        var firstCall = await _connections.NextAsync();
        var others = new[] { CheckAsync("cid", "dan"), CheckAsync("eve", "fay") };
        firstCall.Answer(ConnectionStatus.Connected);
        await first;

        (await _connections.NextAsync()).Fail(StatusCode.Unavailable);

        foreach (var one in others)
        {
            Assert.Equal(
                StatusCode.Unavailable,
                (await Assert.ThrowsAnyAsync<RpcException>(() => one)).StatusCode
            );
        }
        var next = CheckAsync("cid", "dan");
        (await _connections.NextAsync()).Answer(ConnectionStatus.Connected);
        Assert.Equal(ConnectionStatus.Connected, await next);
    }

    [Fact]
    public async Task Check_OfACallBeingServed_IsMadeOutsideOfIt()
    {
        _connections.Ambient.Value = "the call being served";

        var check = CheckAsync("ann", "bob");
        var call = await _connections.NextAsync();
        call.Answer(ConnectionStatus.Connected);
        await check;

        Assert.Null(call.Ambient);
    }

    private Task<ConnectionStatus> CheckAsync(
        string member,
        string other,
        TimeSpan? within = null,
        CancellationToken cancellationToken = default
    ) =>
        _checks.CheckAsync(
            member,
            other,
            _time.GetUtcNow().UtcDateTime + (within ?? Soon),
            cancellationToken
        );

    /// <summary>A client of connections whose calls a test answers one by one.</summary>
    private sealed class HeldConnections : ConnectionsService.ConnectionsServiceClient
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

        private readonly Channel<HeldCall> _calls = Channel.CreateUnbounded<HeldCall>();
        private int _count;

        public AsyncLocal<string?> Ambient { get; } = new();

        public int Calls => Volatile.Read(ref _count);

        /// <summary>The next call that is made; fails when there is none for long.</summary>
        public Task<HeldCall> NextAsync() =>
            _calls.Reader.ReadAsync(Token).AsTask().WaitAsync(Limit, Token);

        public override AsyncUnaryCall<CheckConnectionResponse> CheckConnectionAsync(
            CheckConnectionRequest request,
            Metadata headers,
            DateTime? deadline = null,
            CancellationToken cancellationToken = default
        )
        {
            var call = Note(
                [$"{request.MemberId}-{request.OtherId}"],
                [request.OtherId],
                true,
                deadline
            );
            return Unary(
                call.Task.ContinueWith(
                    done => new CheckConnectionResponse
                    {
                        Status = done.GetAwaiter().GetResult()[0].Status,
                    },
                    TaskScheduler.Default
                )
            );
        }

        public override AsyncUnaryCall<BatchCheckPairsResponse> BatchCheckPairsAsync(
            BatchCheckPairsRequest request,
            Metadata headers,
            DateTime? deadline = null,
            CancellationToken cancellationToken = default
        )
        {
            var call = Note(
                [.. request.Pairs.Select(pair => $"{pair.MemberId}-{pair.OtherId}")],
                [.. request.Pairs.Select(pair => pair.OtherId)],
                false,
                deadline
            );
            return Unary(
                call.Task.ContinueWith(
                    done => new BatchCheckPairsResponse
                    {
                        Checks = { done.GetAwaiter().GetResult() },
                    },
                    TaskScheduler.Default
                )
            );
        }

        private HeldCall Note(
            IReadOnlyList<string> pairs,
            IReadOnlyList<string> others,
            bool isSingle,
            DateTime? deadline
        )
        {
            var call = new HeldCall(pairs, others, isSingle, deadline, Ambient.Value);
            Interlocked.Increment(ref _count);
            Assert.True(_calls.Writer.TryWrite(call));
            return call;
        }

        private static AsyncUnaryCall<T> Unary<T>(Task<T> answer) =>
            new(
                answer,
                Task.FromResult(Metadata.Empty),
                () => Status.DefaultSuccess,
                () => [],
                () => { }
            );
    }

    private sealed class HeldCall(
        IReadOnlyList<string> pairs,
        IReadOnlyList<string> others,
        bool isSingle,
        DateTime? deadline,
        string? ambient
    )
    {
        private readonly TaskCompletionSource<ConnectionCheck[]> _answer = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public IReadOnlyList<string> Pairs => pairs;
        public bool IsSingle => isSingle;
        public DateTime? Deadline => deadline;
        public string? Ambient => ambient;
        public Task<ConnectionCheck[]> Task => _answer.Task;

        public void Answer(params ConnectionStatus[] statuses) =>
            AnswerWith([
                .. others.Zip(
                    statuses,
                    (other, status) => new ConnectionCheck { OtherId = other, Status = status }
                ),
            ]);

        public void AnswerAll(ConnectionStatus status) => Answer([.. others.Select(_ => status)]);

        public void AnswerWith(params ConnectionCheck[] checks) => _answer.SetResult(checks);

        public void Fail(StatusCode code) =>
            _answer.SetException(new RpcException(new Status(code, "away")));
    }
}
