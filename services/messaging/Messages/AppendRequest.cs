namespace Platform.Messaging.Messages;

/// <summary>Where something is to be added, by whom, and the identity of the request.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="SenderId">The acting member.</param>
/// <param name="RequestId">Empty for none.</param>
/// <param name="Fingerprint">Of the content of the request; empty without a request id.</param>
public sealed record AppendRequest(
    string ConversationId,
    string SenderId,
    string RequestId,
    string Fingerprint
)
{
    /// <summary>The tier of limits that the caller's token names.</summary>
    public string Tier { get; init; } = "";
}
