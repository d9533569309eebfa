using Platform.Follows.Entities;

namespace Platform.Follows.Storage;

/// <summary>What can be told of all that a member follows without reading it.</summary>
/// <param name="Counts">How many of each kind; one entry a kind.</param>
/// <param name="Newest">The sequence number of the latest follow of each kind that still stands, in the order of the counts; 0 where none is known.</param>
public sealed record FollowingState(
    IReadOnlyList<KeyValuePair<FollowKind, long>> Counts,
    IReadOnlyList<long> Newest
)
{
    // odd: numbers that differ stay different
    private const long Factor = 1_099_511_628_211;

    /// <summary>
    /// A positive number that is another one after a change. Each follow is numbered higher than all before it. So where the newest is
    /// the same as before, whatever was followed since is gone again, and the rest is what stood before without what was ended: as many
    /// only if nothing was. An import brings follows of earlier numbers; one of those against an unfollow is not told apart.
    /// </summary>
    public long Version
    {
        get
        {
            var version = 0L;
            foreach (var (count, newest) in Counts.Zip(Newest))
            {
                version = unchecked((((version * Factor) + count.Value) * Factor) + newest);
            }
            return Math.Max(1, version & long.MaxValue);
        }
    }
}
