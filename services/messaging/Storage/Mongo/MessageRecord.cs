using Platform.Messaging.Messages;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>A message with the identity of the request that stored it, and its stamps.</summary>
/// <param name="Message">The message.</param>
/// <param name="RequestId">Empty for none.</param>
/// <param name="Fingerprint">Of the request; empty without a request id.</param>
internal sealed record MessageRecord(StoredMessage Message, string RequestId, string Fingerprint)
{
    /// <summary>Under which it was stored, see <see cref="Stamps"/>.</summary>
    public long Sent { get; init; }

    /// <summary>Of its latest change; 0 for none.</summary>
    public long Changed { get; init; }

    /// <summary>As an earlier request, if it is the one of this sender and id.</summary>
    public EarlierRequest? As(string senderId, string requestId) =>
        RequestId == requestId && Message.SenderId == senderId
            ? new EarlierRequest(Message.Number, Message.CreateTime, Fingerprint)
            : null;

    /// <summary>Whether somebody wrote it.</summary>
    public bool IsSearchable => Message.Kind is MessageKind.Text or MessageKind.InvitationNote;
}
