namespace Platform.Messaging.Conversations;

/// <summary>A conversation as one of its members sees it.</summary>
public sealed record ConversationView
{
    public required string Id { get; init; }
    public required ConversationKind Kind { get; init; }

    /// <summary>A group's name; empty for none.</summary>
    public required string Name { get; init; }
    public required string CreatorId { get; init; }
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>The number of the newest message; 0 while there is none.</summary>
    public required long LastNumber { get; init; }

    /// <summary>When the newest message was stored, or the conversation started. Never goes back.</summary>
    public required DateTimeOffset LastActivityTime { get; init; }

    /// <summary>Null while there is none.</summary>
    public required MessagePreview? LastMessage { get; init; }

    /// <summary>In order of joining, then of id.</summary>
    public required IReadOnlyList<ConversationMember> Members { get; init; }

    /// <summary>The first number that this member may read.</summary>
    public required long FirstNumber { get; init; }

    /// <summary>How far this member has read.</summary>
    public required long ReadNumber { get; init; }

    /// <summary>Messages of others after <see cref="ReadNumber"/>, tombstones included.</summary>
    public required long UnreadCount { get; init; }
}
