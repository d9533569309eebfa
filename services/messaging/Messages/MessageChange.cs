namespace Platform.Messaging.Messages;

/// <summary>A message as it shall stand from now on: edited, or a tombstone. Kind, number, sender and time of sending stay.</summary>
public sealed record MessageChange
{
    public required string ConversationId { get; init; }
    public required long Number { get; init; }

    /// <summary>The <see cref="StoredMessage.Version"/> for which it was decided.</summary>
    public required long ReadVersion { get; init; }

    /// <summary>Empty for a tombstone.</summary>
    public string Text { get; init; } = "";
    public IReadOnlyList<MessageLink> Links { get; init; } = [];

    /// <summary>Now, in whole milliseconds.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether it takes the content away.</summary>
    public bool IsDeletion { get; init; }

    /// <summary>The version of the members for which it was allowed; null when the members do not matter.</summary>
    public long? MembershipVersion { get; init; }

    /// <summary>Empty for none.</summary>
    public string RequestId { get; init; } = "";
    public string Fingerprint { get; init; } = "";

    /// <summary>The message after it.</summary>
    public StoredMessage ApplyTo(StoredMessage message) =>
        message with
        {
            Version = message.Version + 1,
            Text = Text,
            Links = Links,
            EditTime = IsDeletion ? message.EditTime : Time,
            DeleteTime = IsDeletion ? Time : null,
            Edits =
                RequestId.Length == 0
                    ? message.Edits
                    :
                    [
                        .. message.Edits.TakeLast(EditRequest.MaxRemembered - 1),
                        new EditRequest(RequestId, Fingerprint, Time),
                    ],
        };

    /// <summary>The change that leaves only a tombstone.</summary>
    public static MessageChange Deletion(StoredMessage message, DateTimeOffset time) =>
        new()
        {
            ConversationId = message.ConversationId,
            Number = message.Number,
            ReadVersion = message.Version,
            Time = time,
            IsDeletion = true,
        };
}
