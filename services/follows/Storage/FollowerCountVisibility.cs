namespace Platform.Follows.Storage;

/// <summary>Who sees how many follow a member. The numbers are those of the contract, and stored.</summary>
public enum FollowerCountVisibility
{
    Everyone = 1,
    OnlyMe = 2,
}
