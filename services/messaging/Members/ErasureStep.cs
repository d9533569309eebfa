namespace Platform.Messaging.Members;

/// <summary>A bounded step of an erasure.</summary>
/// <param name="ConversationId">The conversation it worked on; null when nothing of the member is left.</param>
/// <param name="Messages">How many messages it erased.</param>
/// <param name="Left">Whether it took the member out of the conversation.</param>
/// <param name="MemberIds">Whom it concerns.</param>
public sealed record ErasureStep(
    string? ConversationId,
    int Messages,
    bool Left,
    IReadOnlyList<string> MemberIds
)
{
    /// <summary>Nothing was left to do.</summary>
    public static readonly ErasureStep Nothing = new(null, 0, false, []);
}
