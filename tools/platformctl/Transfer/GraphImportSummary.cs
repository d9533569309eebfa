using Platform.Ctl.Import;

namespace Platform.Ctl.Transfer;

/// <summary>How the import of a graph ended.</summary>
/// <param name="Relationships">Relationships in the file.</param>
/// <param name="Recommendations">Recommendations in the file.</param>
/// <param name="Settings">Settings of members in the file.</param>
/// <param name="Follows">Follows in the file.</param>
/// <param name="Stored">Lines that this run stored.</param>
/// <param name="Unchanged">Lines that were there already, and the same.</param>
/// <param name="Failed">Lines that were refused.</param>
/// <param name="Errors">Why, by reason.</param>
/// <param name="JunkLines">Lines that could not be read.</param>
/// <param name="UnknownTypes">Lines of types that this program does not know, by type.</param>
/// <param name="Retries">Calls that were repeated.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record GraphImportSummary(
    long Relationships,
    long Recommendations,
    long Settings,
    long Follows,
    long Stored,
    long Unchanged,
    long Failed,
    IReadOnlyList<ErrorCount> Errors,
    long JunkLines,
    IReadOnlyDictionary<string, long> UnknownTypes,
    int Retries,
    double Seconds
);
