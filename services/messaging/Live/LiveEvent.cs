namespace Platform.Messaging.Live;

/// <summary>What a stream sends.</summary>
/// <param name="Cursor">Where to resume to get what follows; null for typing.</param>
public sealed record LiveEvent(string? Cursor)
{
    /// <summary>What happened; null for a heartbeat and for typing.</summary>
    public ConversationChange? Change { get; init; }

    /// <summary>Where.</summary>
    public string ConversationId { get; init; } = "";

    /// <summary>Who is typing; null for all else.</summary>
    public string? TypistId { get; init; }
}
