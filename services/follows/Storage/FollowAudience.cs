namespace Platform.Follows.Storage;

/// <summary>Who may follow a member. The numbers are those of the contract, and stored.</summary>
public enum FollowAudience
{
    Everyone = 1,
    Connections = 2,
    Nobody = 3,
}
