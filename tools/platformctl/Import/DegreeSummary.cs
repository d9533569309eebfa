namespace Platform.Ctl.Import;

/// <summary>How the degrees from one member compare with the distances in an edge list.</summary>
/// <param name="MemberId">From whom.</param>
/// <param name="Members">Members in the file, all of whom were asked about.</param>
/// <param name="ByDistance">How many are at distance 0, 1, 2 and 3 in the file; last, those further away.</param>
/// <param name="Mismatches">Members whose degree differs.</param>
/// <param name="JunkLines">Lines of the file that say nothing.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record DegreeSummary(
    string MemberId,
    int Members,
    IReadOnlyList<int> ByDistance,
    IReadOnlyList<DegreeMismatch> Mismatches,
    int JunkLines,
    double Seconds
)
{
    /// <summary>Whether every degree is the distance in the file.</summary>
    public bool Agrees => Mismatches.Count == 0;
}
