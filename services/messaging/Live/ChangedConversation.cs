namespace Platform.Messaging.Live;

/// <summary>A conversation with something new.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="Stamp">Of its latest change.</param>
/// <param name="MemberIds">Whom of those asked for it concerns.</param>
public sealed record ChangedConversation(
    string ConversationId,
    long Stamp,
    IReadOnlyList<string> MemberIds
);
