using Grpc.Core;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Import;

/// <summary>
/// Compares the degrees from one member to every member of an edge list with a plain breadth-first search over the list.
/// </summary>
public sealed class DegreeVerifier(
    IConnectionGraph graph,
    IProgressView progress,
    TimeProvider time
)
{
    private const int Furthest = 3;

    /// <exception cref="RpcException">A call failed in spite of retries: nothing can be said.</exception>
    /// <exception cref="CliException">The member is in no edge of the list.</exception>
    public async Task<DegreeSummary> RunAsync(
        EdgeList list,
        string from,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetTimestamp();
        var distances = Search(list, Find(list, from));
        var retry = new Retry(time);
        var degrees = new int?[list.Members.Count];
        await progress.TrackAsync(
            "asking for degrees",
            list.Members.Count,
            done =>
                Parallel.ForEachAsync(
                    Enumerable.Range(0, list.Members.Count).Chunk(graph.MaxDegrees),
                    new ParallelOptions
                    {
                        MaxDegreeOfParallelism = concurrency,
                        CancellationToken = cancellationToken,
                    },
                    async (batch, token) =>
                    {
                        var others = batch.Select(member => list.Members[member]).ToList();
                        var answers = await retry.RunAsync(
                            () => graph.DegreesAsync(from, others),
                            token
                        );
                        answers.ToArray().CopyTo(degrees, batch[0]);
                        done(batch.Length);
                    }
                )
        );
        return new DegreeSummary(
            from,
            list.Members.Count,
            [
                .. Enumerable
                    .Range(0, Furthest + 1)
                    .Select(distance => distances.Count(found => found == distance)),
                distances.Count(found => found is null),
            ],
            [
                .. list
                    .Members.Select(
                        (id, member) => new DegreeMismatch(id, distances[member], degrees[member])
                    )
                    .Where(item => item.InFile != item.OnPlatform),
            ],
            list.JunkCount,
            Math.Round(time.GetElapsedTime(started).TotalSeconds, 3)
        );
    }

    private static int Find(EdgeList list, string member)
    {
        for (var position = 0; position < list.Members.Count; position++)
        {
            if (string.Equals(list.Members[position], member, StringComparison.Ordinal))
            {
                return position;
            }
        }
        throw new CliException(
            ExitCode.BadInput,
            LocalReason.NotInFile,
            $"{member} is in no edge of the file",
            "--degrees"
        );
    }

    // Deliberately nothing but the textbook's: it must not share the platform's mistakes.
    private static int?[] Search(EdgeList list, int from)
    {
        var neighbours = new List<int>[list.Members.Count];
        for (var member = 0; member < neighbours.Length; member++)
        {
            neighbours[member] = [];
        }
        foreach (var edge in list.Edges)
        {
            neighbours[edge.Inviter].Add(edge.Invitee);
            neighbours[edge.Invitee].Add(edge.Inviter);
        }
        var distances = new int?[neighbours.Length];
        distances[from] = 0;
        var queue = new Queue<int>([from]);
        while (queue.TryDequeue(out var member))
        {
            foreach (var neighbour in neighbours[member])
            {
                if (distances[neighbour] is null && distances[member] < Furthest)
                {
                    distances[neighbour] = distances[member] + 1;
                    queue.Enqueue(neighbour);
                }
            }
        }
        return distances;
    }
}
