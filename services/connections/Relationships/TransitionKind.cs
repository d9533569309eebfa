namespace Platform.Connections.Relationships;

/// <summary>What can happen to a pair. The numbers are stored, and those up to 99 are those of the contract.</summary>
public enum TransitionKind
{
    /// <summary>An invitation was sent.</summary>
    Invited = 1,

    /// <summary>The inviter sent the reminder.</summary>
    Reminded = 2,

    /// <summary>The two connected, by an acceptance or by crossing invitations.</summary>
    Connected = 3,

    /// <summary>The invitation was declined.</summary>
    Declined = 4,

    /// <summary>The invitee undid the decline; the invitation is pending again.</summary>
    DeclineUndone = 5,

    /// <summary>The invitation was withdrawn.</summary>
    Withdrawn = 6,

    /// <summary>Nobody acted in time.</summary>
    Expired = 7,

    /// <summary>The connection was ended.</summary>
    Removed = 8,

    /// <summary>One blocked the other, which ended whatever stood between the two.</summary>
    Blocked = 9,

    /// <summary>A block was lifted.</summary>
    Unblocked = 10,

    /// <summary>A member was erased; stands in the ledger of their marker, see <see cref="MemberPair.MarkerOf"/>.</summary>
    MemberDeleted = 11,

    /// <summary>
    /// One of the two was erased while neither connection nor invitation stood between them. To services that is a removal; the
    /// other member is not told, and so does not learn of a block or a withdrawn invitation that they did not know of.
    /// </summary>
    Emptied = 100,
}
