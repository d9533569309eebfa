using MongoDB.Bson;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>What a request to start a conversation claimed. The conversation tells by <paramref name="Key"/> whether that start made it.</summary>
/// <param name="ConversationId">The conversation it asked for.</param>
/// <param name="Fingerprint">Of the request.</param>
/// <param name="Time">When.</param>
/// <param name="Key">Of this start alone.</param>
internal sealed record StartRecord(
    string ConversationId,
    string Fingerprint,
    DateTimeOffset Time,
    ObjectId Key
);
