namespace Platform.Ctl.Import;

/// <summary>Decides what an import has to ask and to do.</summary>
public static class ImportPlanner
{
    /// <summary>Every edge in exactly one batch, at most <paramref name="size"/> a batch, one inviter a batch.</summary>
    public static IReadOnlyList<CheckBatch> Batches(EdgeList list, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return
        [
            .. list
                .Edges.Select((edge, position) => (edge.Inviter, Position: position))
                .GroupBy(item => item.Inviter, item => item.Position)
                .SelectMany(group =>
                    group.Chunk(size).Select(chunk => new CheckBatch(group.Key, chunk))
                ),
        ];
    }

    /// <summary>
    /// The request id of one step of one edge in one run. The run is part of it: a service answers a known id as it did the first
    /// time, so an id of an earlier run would be told "connected" about an edge that was removed since.
    /// </summary>
    public static string RequestId(string run, string step, string inviterId, string inviteeId)
    {
        // Two ids of 64 characters do not fit into a request id, their digest does. Ids hold no `|`.
        var digest = System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes($"{inviterId}|{inviteeId}")
        );
        return $"import:{run}:{step}:{Convert.ToHexStringLower(digest.AsSpan(0, 12))}";
    }
}
