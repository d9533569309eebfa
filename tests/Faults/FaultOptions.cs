namespace Platform.Tests.Faults;

/// <summary>How a run goes.</summary>
/// <param name="Seed">Decides what members do and, in the long form, the order of faults.</param>
/// <param name="Length">How long faults come; null for each sort once.</param>
/// <param name="Worlds">How many workers there are, each with members of its own.</param>
internal sealed record FaultOptions(int Seed, TimeSpan? Length = null, int Worlds = 6)
{
    /// <summary>How many members a world has.</summary>
    public int Members { get; init; } = 6;

    /// <summary>How the sort begins of which all faults are; empty for every sort.</summary>
    public string Only { get; init; } = "";

    /// <summary>How long nothing fails after a fault, before the next.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(1);
}
