namespace Platform.Messaging.Storage;

/// <summary>What a send must know before it may be allowed.</summary>
/// <param name="Membership">Null when there is no such conversation or the sender is not in it.</param>
/// <param name="Earlier">What the same request id stored before, whether or not the sender is still in the conversation.</param>
public sealed record SendPreparation(Membership? Membership, EarlierRequest? Earlier);
