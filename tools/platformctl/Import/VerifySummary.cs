namespace Platform.Ctl.Import;

/// <summary>How the platform compares with an edge list.</summary>
/// <param name="Members">Members in the file.</param>
/// <param name="Edges">Edges in the file, each once.</param>
/// <param name="Connected">Edges that are connections.</param>
/// <param name="Mismatches">Members whose count differs.</param>
/// <param name="JunkLines">Lines of the file that say nothing.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record VerifySummary(
    int Members,
    int Edges,
    int Connected,
    IReadOnlyList<CountMismatch> Mismatches,
    int JunkLines,
    double Seconds
)
{
    /// <summary>Whether every edge is a connection and every count is right.</summary>
    public bool Agrees => Connected == Edges && Mismatches.Count == 0;
}
