using Grpc.Core;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Import;

/// <summary>
/// Makes the edges of a file connections: asks what is there, then invites and accepts for what is not. Running it again,
/// or after it was stopped anywhere, does only what is missing.
/// </summary>
public sealed class Importer(IConnectionGraph graph, IProgressView progress, TimeProvider time)
{
    // Checks are large calls; more at once only make each slower.
    private const int MaxChecksAtOnce = 8;

    private readonly Retry _retry = new(time);
    private readonly ErrorCounts _errors = new();
    private int _connectedNow;
    private int _finishedPending;
    private int _alreadyThere;
    private int _failed;

    // Set when nothing that follows can go better.
    private volatile RpcException? _hopeless;
    private int _givenUpInARow;

    /// <param name="list">The edges.</param>
    /// <param name="run">Tells this run from others; part of its request ids.</param>
    /// <param name="concurrency">How many edges are worked on at once.</param>
    /// <param name="stop">Ends it after the edges under way; the summary says so.</param>
    public async Task<ImportSummary> RunAsync(
        EdgeList list,
        string run,
        int concurrency,
        CancellationToken stop
    )
    {
        var started = time.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            var missing = await CheckAsync(list, Math.Min(concurrency, MaxChecksAtOnce), ending);
            var connecting = time.GetTimestamp();
            await progress.TrackAsync(
                "connecting",
                missing.Count,
                done =>
                    ForEachAsync(
                        missing,
                        concurrency,
                        ending,
                        async item =>
                        {
                            await TryAsync(
                                () => ConnectAsync(list, item.Edge, item.Check, run, ending.Token),
                                1,
                                concurrency,
                                ending
                            );
                            done(1);
                        }
                    )
            );
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Stopped: the summary tells how far it came.
        }

        var seconds = time.GetElapsedTime(started).TotalSeconds;
        return new ImportSummary(
            list.Members.Count,
            list.Edges.Count,
            _connectedNow,
            _finishedPending,
            _alreadyThere,
            list.Edges.Count - _connectedNow - _alreadyThere - _failed,
            _failed,
            _errors.ToList(),
            _retry.Retries,
            list.Duplicates,
            list.JunkCount,
            Math.Round(seconds, 3),
            seconds > 0 ? Math.Round(_connectedNow / seconds, 1) : 0,
            stop.IsCancellationRequested
        );
    }

    /// <summary>The failure that ended the import early, if one did.</summary>
    public RpcException? EndedBy => _hopeless;

    private async Task<List<(Edge Edge, PairCheck Check)>> CheckAsync(
        EdgeList list,
        int concurrency,
        CancellationTokenSource ending
    )
    {
        var missing = new List<(int Position, PairCheck Check)>();
        await progress.TrackAsync(
            "checking",
            list.Edges.Count,
            done =>
                ForEachAsync(
                    ImportPlanner.Batches(list, graph.MaxChecks),
                    concurrency,
                    ending,
                    async batch =>
                    {
                        await TryAsync(
                            () => CheckBatchAsync(list, batch, missing, ending.Token),
                            batch.Edges.Count,
                            concurrency,
                            ending
                        );
                        done(batch.Edges.Count);
                    }
                )
        );
        // In the order of the file again, so that a run is easy to follow.
        return
        [
            .. missing
                .OrderBy(item => item.Position)
                .Select(item => (list.Edges[item.Position], item.Check)),
        ];
    }

    private async Task CheckBatchAsync(
        EdgeList list,
        CheckBatch batch,
        List<(int Position, PairCheck Check)> missing,
        CancellationToken stop
    )
    {
        var others = batch
            .Edges.Select(position => list.Members[list.Edges[position].Invitee])
            .ToList();
        var checks = await _retry.RunAsync(
            () => graph.CheckAsync(list.Members[batch.Inviter], others),
            stop
        );
        lock (missing)
        {
            foreach (var (position, check) in batch.Edges.Zip(checks))
            {
                if (check.State == PairState.Connected)
                {
                    _alreadyThere++;
                }
                else
                {
                    missing.Add((position, check));
                }
            }
        }
    }

    private async Task ConnectAsync(
        EdgeList list,
        Edge edge,
        PairCheck check,
        string run,
        CancellationToken stop
    )
    {
        var inviter = list.Members[edge.Inviter];
        var invitee = list.Members[edge.Invitee];
        var pending = check.State != PairState.None;
        if (!pending)
        {
            try
            {
                var requestId = ImportPlanner.RequestId(run, "invite", inviter, invitee);
                check = await _retry.RunAsync(
                    () => graph.InviteAsync(inviter, invitee, requestId),
                    stop
                );
            }
            catch (RpcException exception)
                when (GatewayFailure.From(exception).Reason
                        is "ALREADY_CONNECTED"
                            or "ALREADY_INVITED"
                )
            {
                // Somebody was quicker, perhaps an earlier run whose last calls were still under way.
                check = (await _retry.RunAsync(() => graph.CheckAsync(inviter, [invitee]), stop))[
                    0
                ];
                if (check.State == PairState.Connected)
                {
                    Interlocked.Increment(ref _alreadyThere);
                    return;
                }

                pending = true;
            }
        }

        if (check.State is PairState.InvitationSent or PairState.InvitationReceived)
        {
            var accepting = check.State == PairState.InvitationSent ? invitee : inviter;
            var requestId = ImportPlanner.RequestId(run, "accept", inviter, invitee);
            await _retry.RunAsync(
                async () =>
                {
                    await graph.AcceptAsync(accepting, check.InvitationId, requestId);
                    return true;
                },
                stop
            );
            if (pending)
            {
                Interlocked.Increment(ref _finishedPending);
            }
        }

        Interlocked.Increment(ref _connectedNow);
    }

    private static Task ForEachAsync<T>(
        IEnumerable<T> items,
        int concurrency,
        CancellationTokenSource ending,
        Func<T, Task> work
    ) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = concurrency,
                CancellationToken = ending.Token,
            },
            async (item, _) => await work(item)
        );

    /// <summary>Does one item and counts its failure; ends the whole when nothing that follows can go better.</summary>
    private async Task TryAsync(
        Func<Task> work,
        int items,
        int concurrency,
        CancellationTokenSource ending
    )
    {
        try
        {
            await work();
            Interlocked.Exchange(ref _givenUpInARow, 0);
        }
        catch (RpcException exception)
        {
            var failure = GatewayFailure.From(exception);
            _errors.Add(failure.Reason, failure.Message, items);
            Interlocked.Add(ref _failed, items);
            var unreachable =
                failure.Code == StatusCode.Unavailable
                // Everything in flight has used up its patience: the gateway is gone, not slow.
                && Interlocked.Increment(ref _givenUpInARow) >= concurrency;
            if (
                unreachable
                || failure.Code is StatusCode.Unauthenticated or StatusCode.Unimplemented
                // The token given is not one that may act for every member.
                || failure.Reason is "ACTING_FOR_ANOTHER" or "ROLE_REQUIRED"
            )
            {
                _hopeless = exception;
                await ending.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // In the pause before another try; the item counts as not tried.
        }
    }
}
