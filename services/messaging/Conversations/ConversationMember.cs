namespace Platform.Messaging.Conversations;

/// <summary>A member of a conversation.</summary>
/// <param name="MemberId">Who.</param>
/// <param name="JoinTime">When they came in.</param>
/// <param name="AddedById">Who added them; empty for the one who started it.</param>
/// <param name="ReadNumber">How far they have read; null when the viewer is not to see it.</param>
/// <param name="IsGone">They were erased: named by a pair for the other one's sake, and in it no more.</param>
public sealed record ConversationMember(
    string MemberId,
    DateTimeOffset JoinTime,
    string AddedById,
    long? ReadNumber,
    bool IsGone = false
);
