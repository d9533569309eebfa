using System.Text;

namespace Platform.Messaging.Messages;

/// <summary>A message as it stands in the store.</summary>
public sealed record StoredMessage
{
    public required string ConversationId { get; init; }

    /// <summary>1, 2, 3 ... in the order of storing, without gaps.</summary>
    public required long Number { get; init; }
    public required MessageKind Kind { get; init; }
    public required string SenderId { get; init; }

    /// <summary>Empty for a tombstone.</summary>
    public required string Text { get; init; }
    public IReadOnlyList<MessageLink> Links { get; init; } = [];

    /// <summary>Whom it is about, where the kind says so.</summary>
    public IReadOnlyList<string> AffectedMemberIds { get; init; } = [];

    /// <summary>Does not fall as numbers rise.</summary>
    public required DateTimeOffset CreateTime { get; init; }
    public DateTimeOffset? EditTime { get; init; }
    public DateTimeOffset? DeleteTime { get; init; }

    /// <summary>How often it was changed.</summary>
    public long Version { get; init; }

    /// <summary>The latest requests that edited it, the oldest first; only reads for a change give them.</summary>
    public IReadOnlyList<EditRequest> Edits { get; init; } = [];

    /// <summary>The size of what a member wrote, in UTF-8: what pages are bounded by.</summary>
    public int CountBytes() =>
        Encoding.UTF8.GetByteCount(Text)
        + Links.Sum(link =>
            Encoding.UTF8.GetByteCount(link.Url) + Encoding.UTF8.GetByteCount(link.Title)
        );
}
