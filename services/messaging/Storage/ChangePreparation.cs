using Platform.Messaging.Messages;

namespace Platform.Messaging.Storage;

/// <summary>What a change of a message must know before it may be allowed.</summary>
/// <param name="Membership">The members.</param>
/// <param name="Message">The message, with the requests that edited it; null when the member may read none of that number.</param>
public sealed record ChangePreparation(Membership Membership, StoredMessage? Message);
