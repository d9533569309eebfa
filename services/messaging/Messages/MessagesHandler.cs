using Platform.Messaging.Conversations;
using Platform.Messaging.Storage;

namespace Platform.Messaging.Messages;

/// <summary>Sending, reading and marking messages as read.</summary>
public sealed class MessagesHandler(IMessageStore store, Appender appender, TimeProvider time)
{
    /// <summary>The most code points a message has.</summary>
    public const int MaxTextLength = 8000;

    /// <summary>The most links a message has.</summary>
    public const int MaxLinks = 10;

    public const int DefaultPageSize = 50;
    public const int MaxPageSize = 100;

    // an answer stays well below the 4 MiB that clients take by default
    private const int MaxPageBytes = 1024 * 1024;

    /// <summary>Stores a message once the gate has said yes for everybody who will read it.</summary>
    public async Task<StoredMessage> SendAsync(
        AppendRequest request,
        string text,
        IReadOnlyList<MessageLink> links,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var result = await appender.AppendAsync(
            request,
            membership =>
                (
                    [.. membership.MemberIds.Where(id => id != request.SenderId)],
                    new MessageDraft
                    {
                        Kind = MessageKind.Text,
                        Text = text,
                        Links = links,
                    }
                ),
            atLeastRevision,
            cancellationToken
        );
        // a repeated request has the same content, so this is its first answer, even if the message was edited since
        return new StoredMessage
        {
            ConversationId = request.ConversationId,
            Number = result!.Number,
            Kind = MessageKind.Text,
            SenderId = request.SenderId,
            Text = text,
            Links = links,
            CreateTime = result.CreateTime,
        };
    }

    /// <summary>A page of messages, from <paramref name="start"/> on in either direction.</summary>
    public async Task<MessagePage> ListAsync(
        string conversationId,
        string memberId,
        long start,
        bool newestFirst,
        int limit,
        CancellationToken cancellationToken
    ) =>
        await store.ReadMessagesAsync(
            conversationId,
            memberId,
            new MessageRange(start, newestFirst, limit, MaxPageBytes),
            cancellationToken
        ) ?? throw Refusals.ConversationNotFound();

    /// <summary>One message.</summary>
    public async Task<StoredMessage> GetAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    )
    {
        var page = await ListAsync(
            conversationId,
            memberId,
            number,
            newestFirst: false,
            1,
            cancellationToken
        );
        // a number before the first that the member may read begins at that one
        return page.Messages is [var message] && message.Number == number
            ? message
            : throw Refusals.MessageNotFound();
    }

    /// <summary>Moves the read mark up.</summary>
    public async Task<ReadMark> MarkReadAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    )
    {
        var mark =
            await store.MarkReadAsync(
                conversationId,
                memberId,
                number,
                time.GetWholeMilliseconds(),
                cancellationToken
            ) ?? throw Refusals.ConversationNotFound();
        return mark.BeyondEnd ? throw Refusals.MessageNotFound() : mark;
    }

    /// <summary>What the member has not read.</summary>
    public Task<UnreadCounts> CountUnreadAsync(
        string memberId,
        CancellationToken cancellationToken
    ) => store.CountUnreadAsync(memberId, cancellationToken);
}
