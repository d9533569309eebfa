namespace Platform.Messaging.Members;

/// <summary>The settings that a member changes; null leaves one as it is.</summary>
public sealed record SettingsChange(
    bool? ReadReceipts,
    bool? TypingIndicators,
    bool? NoteOpensConversation
)
{
    /// <summary>The settings after this change.</summary>
    public MemberSettings Apply(MemberSettings settings) =>
        new(
            ReadReceipts ?? settings.ReadReceipts,
            TypingIndicators ?? settings.TypingIndicators,
            NoteOpensConversation ?? settings.NoteOpensConversation
        );
}
