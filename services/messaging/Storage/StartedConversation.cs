namespace Platform.Messaging.Storage;

/// <summary>What became of a start.</summary>
/// <param name="ConversationId">The conversation, made or found.</param>
/// <param name="Created">Whether the request, in its first run, made it.</param>
/// <param name="Fingerprint">Of the request as it first ran; differs when the request id was used for something else.</param>
public sealed record StartedConversation(string ConversationId, bool Created, string Fingerprint);
