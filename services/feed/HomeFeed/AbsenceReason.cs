namespace Platform.Feed.HomeFeed;

/// <summary>Why a post is not in a home feed. The values are those of the contract.</summary>
public enum AbsenceReason
{
    NotFound = 1,
    NoRelation = 2,
    Muted = 3,
    TooOld = 4,
    NotDeliveredYet = 5,
    Unproven = 6,
}
