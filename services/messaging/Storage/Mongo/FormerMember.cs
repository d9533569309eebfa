namespace Platform.Messaging.Storage.Mongo;

/// <summary>Who was in a conversation and is no more.</summary>
/// <param name="MemberId">Who.</param>
/// <param name="Left">The stamp under which they left.</param>
/// <param name="Erased">How far an erasure of their messages has come.</param>
internal sealed record FormerMember(string MemberId, long Left, long Erased = 0);
