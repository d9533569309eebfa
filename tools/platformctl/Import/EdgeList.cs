namespace Platform.Ctl.Import;

/// <summary>What an edge list file holds: each edge once, whichever way round and however often the file names it.</summary>
/// <param name="Members">Every member of at least one edge, in order of first mention.</param>
/// <param name="Edges">The edges, in order of first mention.</param>
/// <param name="Duplicates">Lines that repeat an edge.</param>
/// <param name="JunkCount">Lines that are neither edge, comment nor blank.</param>
/// <param name="Junk">The first of them, <see cref="EdgeListParser.JunkKept"/> at most.</param>
public sealed record EdgeList(
    IReadOnlyList<string> Members,
    IReadOnlyList<Edge> Edges,
    int Duplicates,
    int JunkCount,
    IReadOnlyList<JunkLine> Junk
)
{
    /// <summary>How many edges each member has, by position in <see cref="Members"/>.</summary>
    public int[] Degrees()
    {
        var degrees = new int[Members.Count];
        foreach (var edge in Edges)
        {
            degrees[edge.Inviter]++;
            degrees[edge.Invitee]++;
        }

        return degrees;
    }
}
