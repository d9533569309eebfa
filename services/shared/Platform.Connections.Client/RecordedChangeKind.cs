namespace Platform.Connections.Client;

/// <summary>What can happen to a pair. The numbers are those of the contract, which says what each means.</summary>
public enum RecordedChangeKind
{
    Invited = 1,
    Reminded = 2,
    Connected = 3,
    Declined = 4,
    DeclineUndone = 5,
    Withdrawn = 6,
    Expired = 7,
    Removed = 8,
    Blocked = 9,
    Unblocked = 10,
    MemberDeleted = 11,
}
