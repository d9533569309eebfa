namespace Platform.Follows.Storage;

/// <summary>The limits that a follow is held to, in the step that makes it.</summary>
/// <param name="Follows">How many entities one may follow, whatever one's followers; null for any number.</param>
/// <param name="FollowersPercent">Whoever has many followers may follow this share of their number instead.</param>
/// <param name="Hourly">How many follows within an hour; null for any number.</param>
public sealed record FollowBounds(long? Follows, int FollowersPercent, long? Hourly)
{
    /// <summary>How many entities whoever has so many followers may follow; null for any number.</summary>
    public long? FollowsOf(long followers) =>
        Follows is { } least ? Math.Max(least, followers * FollowersPercent / 100) : null;
}
