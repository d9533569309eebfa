using Platform.Messaging.Messages;

namespace Platform.Messaging.Conversations;

/// <summary>The newest message of a conversation, its text cut to <see cref="MaxLength"/> code points.</summary>
public sealed record MessagePreview(
    long Number,
    MessageKind Kind,
    string SenderId,
    string Snippet,
    DateTimeOffset CreateTime,
    bool Deleted
)
{
    /// <summary>How many code points a preview shows.</summary>
    public const int MaxLength = 200;
}
