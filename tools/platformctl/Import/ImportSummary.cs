namespace Platform.Ctl.Import;

/// <summary>How an import ended.</summary>
/// <param name="Members">Members in the file.</param>
/// <param name="Edges">Edges in the file, each once.</param>
/// <param name="ConnectedNow">Edges that this run connected.</param>
/// <param name="FinishedPending">Of these, edges whose invitation was pending already.</param>
/// <param name="AlreadyThere">Edges that were connected before.</param>
/// <param name="NotTried">Edges that this run did not come to, because it was stopped.</param>
/// <param name="Failed">Edges that failed.</param>
/// <param name="Errors">Why, by reason.</param>
/// <param name="Retries">Calls that were repeated.</param>
/// <param name="DuplicateLines">Lines of the file that repeat an edge.</param>
/// <param name="JunkLines">Lines of the file that say nothing.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="EdgesPerSecond">New connections a second.</param>
/// <param name="Interrupted">Whether it was stopped by the user.</param>
public sealed record ImportSummary(
    int Members,
    int Edges,
    int ConnectedNow,
    int FinishedPending,
    int AlreadyThere,
    int NotTried,
    int Failed,
    IReadOnlyList<ErrorCount> Errors,
    int Retries,
    int DuplicateLines,
    int JunkLines,
    double Seconds,
    double EdgesPerSecond,
    bool Interrupted
);
