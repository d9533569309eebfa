using System.Diagnostics;
using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Messaging.Connections;

/// <summary>
/// Asks connections about pairs. Whoever asks while a question is under way goes with the next one, all in one call, which costs both
/// services about as much as one check does; whoever asks while none is waits for nobody.
/// </summary>
/// <remarks>
/// A pair is only ever put into a call that is made after it was asked about, so answers are as fresh as those of a call of its own.
/// A call that takes longer than <see cref="Patience"/> holds nobody back: who waits for it to end goes without it. So a replica of
/// connections that hangs costs those who asked it, and no others.
/// </remarks>
public sealed class GatheredChecks(
    ConnectionsService.ConnectionsServiceClient client,
    TimeProvider time
)
{
    /// <summary>The most pairs of one call; connections takes 500.</summary>
    public const int MaxPairs = 100;

    /// <summary>How long a call may be under way before others stop waiting for its end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly Queue<Asked> _waiting = new();
    private bool _isUnderWay;

    /// <summary>What stands between two, as of some moment after this was called.</summary>
    /// <param name="memberId">Who asks.</param>
    /// <param name="otherId">About whom.</param>
    /// <param name="deadline">Until when an answer is of use.</param>
    /// <param name="cancellationToken">The caller went away; those of the same call get their answers.</param>
    /// <exception cref="RpcException">There was no answer.</exception>
    public async Task<ConnectionStatus> CheckAsync(
        string memberId,
        string otherId,
        DateTime deadline,
        CancellationToken cancellationToken
    )
    {
        var asked = new Asked(memberId, otherId, deadline);
        var begins = false;
        lock (_lock)
        {
            _waiting.Enqueue(asked);
            if (!_isUnderWay)
            {
                _isUnderWay = begins = true;
            }
        }
        if (begins)
        {
            Begin(static checks => checks.RunAsync());
        }
        try
        {
            var left = LeftUntil(deadline);
            await WaitAsync(asked, left < Patience ? left : Patience, cancellationToken)
                .ConfigureAwait(false);
            if (left > Patience && !asked.Task.IsCompleted)
            {
                Begin(static checks => checks.RunOnceAsync());
                await WaitAsync(asked, LeftUntil(deadline), cancellationToken)
                    .ConfigureAwait(false);
            }
            if (asked.Task.IsCompleted)
            {
                return await asked.Task.ConfigureAwait(false);
            }
            cancellationToken.ThrowIfCancellationRequested();
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "No answer in time."));
        }
        finally
        {
            // if it waits still, nobody needs to be asked any more
            asked.TrySetCanceled(CancellationToken.None);
        }
    }

    // slow answers are no exceptions on a busy machine, so none is thrown
    private async Task WaitAsync(Asked asked, TimeSpan wait, CancellationToken cancellationToken) =>
        await ((Task)asked.Task.WaitAsync(wait, time, cancellationToken)).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing
        );

    // timers count whole milliseconds, and must not be early
    private TimeSpan LeftUntil(DateTime deadline) =>
        TimeSpan.FromMilliseconds(
            Math.Max(0, Math.Ceiling((deadline - time.GetUtcNow().UtcDateTime).TotalMilliseconds))
        );

    // without the context of the call being served: its deadline and its end are not those of the others, nor is its trace but for those
    // that it is the first of
    private void Begin(Func<GatheredChecks, Task> run) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => run(this), null);

    private async Task RunAsync()
    {
        while (Take(isOver: true) is { Count: > 0 } batch)
        {
            await AnswerAsync(batch).ConfigureAwait(false);
        }
    }

    private async Task RunOnceAsync()
    {
        if (Take(isOver: false) is { Count: > 0 } batch)
        {
            await AnswerAsync(batch).ConfigureAwait(false);
        }
    }

    /// <summary>Takes those who wait.</summary>
    /// <param name="isOver">Whether nothing is under way when nobody waits.</param>
    private List<Asked> Take(bool isOver)
    {
        lock (_lock)
        {
            var batch = new List<Asked>(Math.Min(MaxPairs, _waiting.Count));
            while (batch.Count < MaxPairs && _waiting.TryDequeue(out var asked))
            {
                if (!asked.Task.IsCompleted)
                {
                    batch.Add(asked);
                }
            }
            if (isOver && batch.Count == 0)
            {
                _isUnderWay = false;
            }
            return batch;
        }
    }

    private async Task AnswerAsync(List<Asked> batch)
    {
        using var span = GatheredTrace.Start(batch.Select(asked => asked.Call));
        try
        {
            // each waits only as long as itself can
            var deadline = batch.Max(asked => asked.Deadline);
            if (batch is [var only])
            {
                only.TrySetResult(await CheckOneAsync(only, deadline).ConfigureAwait(false));
                return;
            }
            var statuses = await CheckAllAsync(batch, deadline).ConfigureAwait(false);
            for (var index = 0; index < batch.Count; index++)
            {
                batch[index].TrySetResult(statuses[index]);
            }
        }
        // told to everybody who asked; one of them counts it
        catch (Exception exception)
        {
            var shared = exception;
            foreach (var asked in batch)
            {
                if (asked.TrySetException(shared) && exception is RpcException failed)
                {
                    shared = new CheckOfOthersFailedException(failed);
                }
            }
        }
    }

    private async Task<ConnectionStatus> CheckOneAsync(Asked asked, DateTime deadline)
    {
        var answer = await client
            .CheckConnectionAsync(
                new CheckConnectionRequest { MemberId = asked.MemberId, OtherId = asked.OtherId },
                deadline: deadline
            )
            .ConfigureAwait(false);
        return answer.Status;
    }

    private async Task<IReadOnlyList<ConnectionStatus>> CheckAllAsync(
        List<Asked> batch,
        DateTime deadline
    )
    {
        var request = new BatchCheckPairsRequest();
        foreach (var asked in batch)
        {
            request.Pairs.Add(
                new PairToCheck { MemberId = asked.MemberId, OtherId = asked.OtherId }
            );
        }
        BatchCheckPairsResponse answer;
        try
        {
            answer = await client.BatchCheckPairsAsync(request, deadline: deadline);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unimplemented)
        {
            // a replica of connections from before there was this question, amid an upgrade
            return await Task.WhenAll(batch.Select(asked => CheckOneAsync(asked, deadline)))
                .ConfigureAwait(false);
        }
        var statuses = new ConnectionStatus[batch.Count];
        for (var index = 0; index < statuses.Length; index++)
        {
            // an answer that lacks somebody, or tells of another, is a no for them
            statuses[index] =
                index < answer.Checks.Count && answer.Checks[index].OtherId == batch[index].OtherId
                    ? answer.Checks[index].Status
                    : ConnectionStatus.None;
        }
        return statuses;
    }

    private sealed class Asked(string memberId, string otherId, DateTime deadline)
        : TaskCompletionSource<ConnectionStatus>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string MemberId => memberId;

        public string OtherId => otherId;

        public DateTime Deadline => deadline;

        /// <summary>The span of the call that asks; null without telemetry.</summary>
        public Activity? Call { get; } = Activity.Current;
    }
}
