using Platform.Messaging.Conversations;

namespace Platform.Messaging.Storage;

/// <summary>Who is in a conversation.</summary>
/// <param name="Kind">Pair or group.</param>
/// <param name="MemberIds">All members.</param>
/// <param name="Version">Changes whenever the members do. An append names the version for which it was allowed.</param>
public sealed record Membership(
    ConversationKind Kind,
    IReadOnlyList<string> MemberIds,
    long Version
)
{
    /// <summary>All but one.</summary>
    public IReadOnlyList<string> Except(string memberId) =>
        [.. MemberIds.Where(id => id != memberId)];
}
