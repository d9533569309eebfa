namespace Platform.Connections.Blocks;

/// <summary>Which blocks stand between two members, from the point of view of one.</summary>
/// <param name="Blocks">The one blocks the other.</param>
/// <param name="BlockedBy">The other blocks the one, which a member must not learn.</param>
public readonly record struct BlockStanding(bool Blocks, bool BlockedBy);
