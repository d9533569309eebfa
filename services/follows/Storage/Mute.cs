using Platform.Follows.Entities;

namespace Platform.Follows.Storage;

/// <summary>An entity that a member mutes.</summary>
/// <param name="Entity">What.</param>
/// <param name="Scope">What of it is silenced.</param>
/// <param name="Since">When it began, in whole milliseconds.</param>
/// <param name="End">When it ends by itself, in whole milliseconds; null for never.</param>
public sealed record Mute(
    Followable Entity,
    MuteScope Scope,
    DateTimeOffset Since,
    DateTimeOffset? End
)
{
    /// <summary>Whether it still stands.</summary>
    public bool Holds(DateTimeOffset now) => End is null || End > now;
}
