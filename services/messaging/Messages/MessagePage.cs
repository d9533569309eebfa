namespace Platform.Messaging.Messages;

/// <summary>A page of messages.</summary>
/// <param name="Messages">In the order asked for.</param>
/// <param name="NextNumber">Where the next page begins; null at the end.</param>
/// <param name="LastNumber">The number of the newest message of the conversation.</param>
public sealed record MessagePage(
    IReadOnlyList<StoredMessage> Messages,
    long? NextNumber,
    long LastNumber
);
