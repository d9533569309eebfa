using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Platform.Messaging.Storage;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>A store of a process that is killed the moment a write is done: it happened, and nobody learns of it.</summary>
internal sealed class KilledMessageStore(IMessageStore store) : IMessageStore
{
    public Task<StartedConversation?> FindStartAsync(
        string memberId,
        string requestId,
        CancellationToken cancellationToken
    ) => store.FindStartAsync(memberId, requestId, cancellationToken);

    public Task<StartedConversation> StartAsync(
        NewConversation conversation,
        CancellationToken cancellationToken
    ) => KilledAsync(store.StartAsync(conversation, cancellationToken));

    public Task<ConversationView?> FindConversationAsync(
        string conversationId,
        string memberId,
        CancellationToken cancellationToken
    ) => store.FindConversationAsync(conversationId, memberId, cancellationToken);

    public Task<ConversationPage> ListConversationsAsync(
        string memberId,
        string? after,
        int limit,
        bool unreadOnly,
        CancellationToken cancellationToken
    ) => store.ListConversationsAsync(memberId, after, limit, unreadOnly, cancellationToken);

    public Task<SendPreparation> PrepareAsync(
        string conversationId,
        string senderId,
        string requestId,
        CancellationToken cancellationToken
    ) => store.PrepareAsync(conversationId, senderId, requestId, cancellationToken);

    public Task<AppendResult> AppendAsync(
        MessageDraft draft,
        CancellationToken cancellationToken
    ) => KilledAsync(store.AppendAsync(draft, cancellationToken));

    public Task<MessagePage?> ReadMessagesAsync(
        string conversationId,
        string memberId,
        MessageRange range,
        CancellationToken cancellationToken
    ) => store.ReadMessagesAsync(conversationId, memberId, range, cancellationToken);

    public Task<ReadMark?> MarkReadAsync(
        string conversationId,
        string memberId,
        long number,
        DateTimeOffset time,
        CancellationToken cancellationToken
    ) =>
        KilledAsync(store.MarkReadAsync(conversationId, memberId, number, time, cancellationToken));

    public Task<UnreadCounts> CountUnreadAsync(
        string memberId,
        CancellationToken cancellationToken
    ) => store.CountUnreadAsync(memberId, cancellationToken);

    public Task<ChangePreparation?> PrepareChangeAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    ) => store.PrepareChangeAsync(conversationId, memberId, number, cancellationToken);

    public Task<StoredMessage?> ChangeAsync(
        MessageChange change,
        CancellationToken cancellationToken
    ) => KilledAsync(store.ChangeAsync(change, cancellationToken));

    public Task<RecordBounds> GetRecordBoundsAsync(CancellationToken cancellationToken) =>
        store.GetRecordBoundsAsync(cancellationToken);

    public Task<RecordLook> LookAsync(
        IReadOnlyCollection<string> memberIds,
        long after,
        int limit,
        CancellationToken cancellationToken
    ) => store.LookAsync(memberIds, after, limit, cancellationToken);

    public Task<ConversationChanges?> ReadChangesAsync(
        string conversationId,
        string memberId,
        long after,
        int limit,
        CancellationToken cancellationToken
    ) => store.ReadChangesAsync(conversationId, memberId, after, limit, cancellationToken);

    public Task<ErasureStep> EraseAsync(
        string memberId,
        DateTimeOffset time,
        CancellationToken cancellationToken
    ) => KilledAsync(store.EraseAsync(memberId, time, cancellationToken));

    public Task<long> DeleteOlderAsync(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    ) => KilledAsync(store.DeleteOlderAsync(before, limit, cancellationToken));

    public Task<SearchPage?> SearchAsync(SearchQuery query, CancellationToken cancellationToken) =>
        store.SearchAsync(query, cancellationToken);

    private static async Task<T> KilledAsync<T>(Task<T> write)
    {
        await write;
        throw new KilledException();
    }
}
