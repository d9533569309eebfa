using Platform.Messaging.Conversations;

namespace Platform.Messaging.Storage;

/// <summary>A conversation to make unless it is there.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Pair or group.</param>
/// <param name="Name">A group's name; empty for none.</param>
/// <param name="CreatorId">Who starts it.</param>
/// <param name="OtherMemberIds">The others, without the creator and without doubles.</param>
/// <param name="RequestId">Empty for none.</param>
/// <param name="Fingerprint">Of the request.</param>
/// <param name="Time">Now, in whole milliseconds.</param>
public sealed record NewConversation(
    string Id,
    ConversationKind Kind,
    string Name,
    string CreatorId,
    IReadOnlyList<string> OtherMemberIds,
    string RequestId,
    string Fingerprint,
    DateTimeOffset Time
);
