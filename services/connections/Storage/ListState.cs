namespace Platform.Connections.Storage;

/// <summary>What can be told of a list without reading its entries.</summary>
/// <param name="Count">How many entries it has.</param>
/// <param name="TimeSum">The milliseconds since 1970 at which they began, added up.</param>
public readonly record struct ListState(long Count, long TimeSum)
{
    // odd: sums that differ stay different
    private const long Factor = 1_000_003;

    /// <summary>
    /// A positive number that is another one after a change. One entry against another leaves the count as it was, but not the sum, since
    /// they began at different milliseconds.
    /// </summary>
    public long Version => Math.Max(1, unchecked((TimeSum * Factor) + Count) & long.MaxValue);
}
