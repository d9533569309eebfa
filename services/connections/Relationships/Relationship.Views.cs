namespace Platform.Connections.Relationships;

public sealed partial record Relationship
{
    /// <summary>
    /// Whether the invitation is there for a side: a withdrawn one vanishes for its invitee, and one that a block ended is there
    /// only for the side whose block did it, while that stands.
    /// </summary>
    public bool ShowsInvitationTo(Side side) =>
        Invitation is { } invitation
        && State switch
        {
            RelationshipState.Removed => false,
            RelationshipState.None => ShowsSupersededTo(side),
            RelationshipState.Withdrawn => invitation.Inviter == side,
            _ => true,
        };

    /// <summary>The list of a side's member in which this stands; null for none. See <see cref="RelationshipList"/> for accepted ones.</summary>
    public RelationshipList? ListOf(Side side)
    {
        if (BlockedBy != Side.None)
        {
            return BlockedBy.HasFlag(side) ? RelationshipList.Blocked : RelationshipList.BlockedBy;
        }
        var sent = Invitation?.Inviter == side;
        return State switch
        {
            RelationshipState.Connected => RelationshipList.Connections,
            RelationshipState.Pending when sent => RelationshipList.SentPending,
            RelationshipState.Pending => RelationshipList.ReceivedPending,
            RelationshipState.Declined when sent => RelationshipList.SentDeclined,
            RelationshipState.Declined => RelationshipList.ReceivedDeclined,
            RelationshipState.Expired when sent => RelationshipList.SentExpired,
            RelationshipState.Expired => RelationshipList.ReceivedExpired,
            RelationshipState.Withdrawn when sent => RelationshipList.SentWithdrawn,
            _ => null,
        };
    }

    /// <summary>
    /// Since when it stands in that list: the time by which the list orders it. Each side has its own, so that what a block of the
    /// other does cannot be told from one's own list of blocks.
    /// </summary>
    public DateTimeOffset ListTimeOf(Side side) => BlockTime(side) ?? StateTime;

    /// <summary>Since when a side blocks the other; null while it does not.</summary>
    public DateTimeOffset? BlockTime(Side side) => side == Side.Low ? LowBlockTime : HighBlockTime;

    /// <summary>When a side last lifted a block, unless it blocks again.</summary>
    public DateTimeOffset? UnblockTime(Side side) =>
        side == Side.Low ? LowUnblockTime : HighUnblockTime;

    /// <summary>Until when a side may not invite; null when it may.</summary>
    public DateTimeOffset? BarredUntil(Side side) =>
        side == Side.Low ? LowBarredUntil : HighBarredUntil;

    // The block that ended it is of the very time of that end. The block of the other side is of another one; if not, it came in the
    // same millisecond, and that side saw the invitation pending until then.
    private bool ShowsSupersededTo(Side side) =>
        Invitation is { State: InvitationState.Superseded } invitation
        && BlockTime(side) == invitation.EndTime;
}
