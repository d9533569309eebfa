namespace Platform.Connections.Network;

/// <summary>A proposed contact.</summary>
/// <param name="MemberId">Who.</param>
/// <param name="Score">Higher is better.</param>
/// <param name="IsRecent">Whether a mutual connection of theirs is recent.</param>
/// <param name="MutualCount">How many mutual connections.</param>
/// <param name="Connectors">Some of those.</param>
/// <param name="HasInvited">Whether an invitation of theirs waits for the viewer.</param>
public sealed record SuggestedMember(
    string MemberId,
    double Score,
    bool IsRecent,
    int MutualCount,
    IReadOnlyList<string> Connectors,
    bool HasInvited
);
