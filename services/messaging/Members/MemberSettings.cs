namespace Platform.Messaging.Members;

/// <summary>A member's settings for messaging; all on by default.</summary>
/// <param name="ReadReceipts">Whether others see how far the member has read, and the member how far others have.</param>
/// <param name="TypingIndicators">Whether others see that the member is typing, and the member that others are.</param>
/// <param name="NoteOpensConversation">Whether the note of an invitation that the member accepts opens the conversation.</param>
public sealed record MemberSettings(
    bool ReadReceipts = true,
    bool TypingIndicators = true,
    bool NoteOpensConversation = true
)
{
    /// <summary>Of a member who never changed anything.</summary>
    public static readonly MemberSettings Default = new();
}
