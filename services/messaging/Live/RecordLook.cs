namespace Platform.Messaging.Live;

/// <summary>A look at the record of changes.</summary>
/// <param name="Settled">When this is told in full, nothing up to this stamp is missing, nor ever will be.</param>
/// <param name="Conversations">With something after the stamp that was asked for.</param>
public sealed record RecordLook(long Settled, IReadOnlyList<ChangedConversation> Conversations);
