namespace Platform.Connections.Connections;

/// <summary>What two members have in common, in short.</summary>
/// <param name="Count">How many mutual connections.</param>
/// <param name="SampleIds">Some of them, in the order of their ids.</param>
public sealed record MutualSummary(int Count, IReadOnlyList<string> SampleIds)
{
    /// <summary>Nothing, or nothing that may be known.</summary>
    public static readonly MutualSummary None = new(0, []);
}
