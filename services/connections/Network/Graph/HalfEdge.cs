namespace Platform.Connections.Network.Graph;

/// <summary>A change of a pair as it concerns one of the two: a line in the list of <paramref name="Member"/>.</summary>
/// <param name="Member">In whose list.</param>
/// <param name="Other">Who is in it from now on, or no longer.</param>
/// <param name="Sequence">Of several changes of one line in a batch the last holds.</param>
/// <param name="Connected">Whether <paramref name="Other"/> is in the list.</param>
/// <param name="Day">Since when (<see cref="GraphDays"/>).</param>
internal readonly record struct HalfEdge(
    int Member,
    int Other,
    int Sequence,
    bool Connected,
    ushort Day
) : IComparable<HalfEdge>
{
    public int CompareTo(HalfEdge other)
    {
        var order = Member.CompareTo(other.Member);
        if (order == 0)
        {
            order = Other.CompareTo(other.Other);
        }
        return order == 0 ? Sequence.CompareTo(other.Sequence) : order;
    }
}
