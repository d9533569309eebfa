namespace Platform.Follows.Storage;

/// <summary>What stands between a member and an entity, from the member's point of view.</summary>
/// <param name="Following">Whether the member follows it.</param>
/// <param name="FollowedBy">Whether it follows the member; never for what is no member.</param>
/// <param name="Mute">The member's mute of it, if one stands.</param>
public readonly record struct FollowStanding(bool Following, bool FollowedBy, Mute? Mute);
