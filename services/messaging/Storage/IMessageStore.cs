using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;

namespace Platform.Messaging.Storage;

/// <summary>
/// Keeps conversations and their messages. The contract suite <c>MessageStoreContract</c> holds every engine to these words.
/// <para>
/// <b>Numbers.</b> The messages of a conversation are numbered 1, 2, 3 ... in the order in which they were stored. No number is ever
/// missing, given twice or given to something that was not stored, whatever crashes and however many append at once. A reader who
/// sees number n sees all before it, and in every answer all that follows from each. An engine with transactions increments and inserts
/// in one. An engine with single-document atomicity keeps the newest message in the document of its conversation: it copies that
/// one to the older ones, and then puts the next in its place by a compare-and-set of the document. The other way round, inserting under
/// (conversation, last + 1) and then moving the conversation up, a crash would leave messages that no list and no count knows of until
/// somebody writes again.
/// </para>
/// <para>
/// <b>Members.</b> They change only by messages (<see cref="MessageKind.MembersAdded"/>, <see cref="MessageKind.MemberLeft"/>), in
/// their order. An append names the version of the members for which it was allowed, and stores nothing if they have
/// changed since.
/// </para>
/// <para>
/// <b>Once.</b> (conversation, sender, request id) names at most one message, for as long as the message exists; (member, request
/// id) at most one start, for 24 hours. Any replica answers a repetition, also when whoever stored the first was killed before it
/// could reply.
/// </para>
/// <para>
/// <b>Changes.</b> Every change of a conversation gets a stamp, greater than all that the conversation had before: the messages, their
/// latest edits, read marks and the latest change of its members or name. The documents are the record of changes; there is no log
/// beside them that could disagree. Stamps of different conversations become visible in nearly their order, and
/// <see cref="RecordLook.Settled"/> says up to which one all are visible. What is told is what a majority holds.
/// </para>
/// <para>
/// <b>Fresh.</b> What a call stored, every later call on any replica sees. A conversation that the member is not in is
/// answered exactly like one that is not there: null. Failures of the engine are thrown as
/// <c>STORE_UNAVAILABLE</c>; then nothing is known, and the call may be repeated with its request id.
/// </para>
/// </summary>
public interface IMessageStore
{
    /// <summary>
    /// What an earlier start with this request id became; null if there was none within 24 hours, or if it was cut off before there was a
    /// conversation. Repeating that one makes it.
    /// </summary>
    Task<StartedConversation?> FindStartAsync(
        string memberId,
        string requestId,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Makes the conversation unless one of that id is there. A repeated request gives what it gave at first, and makes nothing if its
    /// content is another; the caller compares the fingerprint.
    /// </summary>
    Task<StartedConversation> StartAsync(
        NewConversation conversation,
        CancellationToken cancellationToken
    );

    /// <summary>A conversation as <paramref name="memberId"/> sees it.</summary>
    Task<ConversationView?> FindConversationAsync(
        string conversationId,
        string memberId,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The member's conversations by last activity, newest first. One whose activity changes while pages are read is shown once at
    /// most from there on: it has moved before the position.
    /// </summary>
    /// <param name="memberId">Whose.</param>
    /// <param name="after">A <see cref="ConversationPage.Next"/>, or null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="unreadOnly">Only those with something unread.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException"><paramref name="after"/> is no position of this store.</exception>
    Task<ConversationPage> ListConversationsAsync(
        string memberId,
        string? after,
        int limit,
        bool unreadOnly,
        CancellationToken cancellationToken
    );

    /// <summary>What a send must know before it may be allowed. The request id may be empty.</summary>
    Task<SendPreparation> PrepareAsync(
        string conversationId,
        string senderId,
        string requestId,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Appends a message under the next number, with all that follows from it in one step as every reader sees it: the conversation's
    /// last number and activity, the members or name that it changes, and one more unread for each other member. A
    /// sender with nothing unread has read their own message.
    /// </summary>
    Task<AppendResult> AppendAsync(MessageDraft draft, CancellationToken cancellationToken);

    /// <summary>
    /// Messages by number, from the first that the member may read. Costs the same in a conversation of ten and of ten
    /// million.
    /// </summary>
    Task<MessagePage?> ReadMessagesAsync(
        string conversationId,
        string memberId,
        MessageRange range,
        CancellationToken cancellationToken
    );

    /// <summary>Moves the member's read mark up to <paramref name="number"/>, never down and never beyond the last message.</summary>
    Task<ReadMark?> MarkReadAsync(
        string conversationId,
        string memberId,
        long number,
        DateTimeOffset time,
        CancellationToken cancellationToken
    );

    /// <summary>What the member has not read; the sums of what the list of conversations says.</summary>
    Task<UnreadCounts> CountUnreadAsync(string memberId, CancellationToken cancellationToken);

    /// <summary>What a change of a message must know; null for a conversation that the member is not in.</summary>
    Task<ChangePreparation?> PrepareChangeAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    );

    /// <summary>Changes a message. Numbers, order and what is unread stay as they are.</summary>
    /// <returns>The message after it; null when it, or the members, changed since it was decided.</returns>
    Task<StoredMessage?> ChangeAsync(MessageChange change, CancellationToken cancellationToken);

    /// <summary>Where the record of changes stands.</summary>
    Task<RecordBounds> GetRecordBoundsAsync(CancellationToken cancellationToken);

    /// <summary>The conversations of some members that changed after a stamp, the earliest change first.</summary>
    /// <param name="memberIds">Whose; also those that they have left after the stamp.</param>
    /// <param name="after">The stamp.</param>
    /// <param name="limit">At most so many; when there are as many, there may be more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<RecordLook> LookAsync(
        IReadOnlyCollection<string> memberIds,
        long after,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// What happened in a conversation after a stamp, as far as the member may know; null for one that the member never was in. A
    /// message that was changed several times comes once, as it is now.
    /// </summary>
    Task<ConversationChanges?> ReadChangesAsync(
        string conversationId,
        string memberId,
        long after,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// A step of the erasure of a member: takes them out of a conversation and turns some of their messages there into tombstones.
    /// Repeated until it finds nothing, it has erased everything that was there when it began.
    /// </summary>
    Task<ErasureStep> EraseAsync(
        string memberId,
        DateTimeOffset time,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// A step of retention: of some conversations, deletes messages that were stored before a time, the oldest first. Their
    /// numbers are not given again; what was unread of them is so no more.
    /// </summary>
    /// <returns>How many messages went; 0 when none is that old.</returns>
    Task<long> DeleteOlderAsync(
        DateTimeOffset before,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Messages that hold all words, newest first, of what the member may read; null for a conversation that the member is not in. Finds
    /// what was stored before, each once, as far as <see cref="SearchPage.IsComplete"/> says.
    /// </summary>
    /// <exception cref="FormatException"><see cref="SearchQuery.After"/> is no position of this store.</exception>
    Task<SearchPage?> SearchAsync(SearchQuery query, CancellationToken cancellationToken);
}
