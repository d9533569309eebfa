namespace Platform.Connections.Connections;

/// <summary>All that stands between a viewer and another member, as far as the viewer may know.</summary>
/// <param name="Check">Connected, invited, or nothing.</param>
/// <param name="SentTime">When the pending invitation was sent; null when none is pending.</param>
/// <param name="CoolDownEnd">Until when the viewer may not invite again; null when nothing bars it.</param>
/// <param name="Blocks">Whether the viewer blocks the other.</param>
public sealed record PairStanding(
    ConnectionCheckResult Check,
    DateTimeOffset? SentTime,
    DateTimeOffset? CoolDownEnd,
    bool Blocks
)
{
    /// <summary>Whether the viewer may invite the other; null when it was not asked.</summary>
    public PairPermission? Invite { get; init; }

    /// <summary>Whether the viewer may recommend the other; null when it was not asked.</summary>
    public PairPermission? Recommend { get; init; }
}
