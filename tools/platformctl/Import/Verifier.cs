using Grpc.Core;

namespace Platform.Ctl.Import;

/// <summary>Compares the platform with an edge list: every edge a connection, every count the member's degree in the file.</summary>
public sealed class Verifier(IConnectionGraph graph, IProgressView progress, TimeProvider time)
{
    /// <exception cref="RpcException">A call failed in spite of retries: nothing can be said.</exception>
    public async Task<VerifySummary> RunAsync(
        EdgeList list,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var retry = new Retry(time);
        var started = time.GetTimestamp();
        var counts = new long[list.Members.Count];
        var missing = 0;
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = concurrency,
            CancellationToken = cancellationToken,
        };
        await progress.TrackAsync(
            "checking edges",
            list.Edges.Count,
            done =>
                Parallel.ForEachAsync(
                    ImportPlanner.Batches(list, graph.MaxChecks),
                    parallel,
                    async (batch, token) =>
                    {
                        var others = batch
                            .Edges.Select(position => list.Members[list.Edges[position].Invitee])
                            .ToList();
                        var checks = await retry.RunAsync(
                            () => graph.CheckAsync(list.Members[batch.Inviter], others),
                            token
                        );
                        Interlocked.Add(
                            ref missing,
                            checks.Count(check => check.State != PairState.Connected)
                        );
                        done(batch.Edges.Count);
                    }
                )
        );
        await progress.TrackAsync(
            "counting",
            list.Members.Count,
            done =>
                Parallel.ForAsync(
                    0,
                    list.Members.Count,
                    parallel,
                    async (member, token) =>
                    {
                        counts[member] = await retry.RunAsync(
                            () => graph.CountAsync(list.Members[member]),
                            token
                        );
                        done(1);
                    }
                )
        );
        var degrees = list.Degrees();
        return new VerifySummary(
            list.Members.Count,
            list.Edges.Count,
            list.Edges.Count - missing,
            [
                .. list
                    .Members.Select(
                        (id, member) => new CountMismatch(id, degrees[member], counts[member])
                    )
                    .Where(item => item.InFile != item.Connections),
            ],
            list.JunkCount,
            Math.Round(time.GetElapsedTime(started).TotalSeconds, 3)
        );
    }
}
