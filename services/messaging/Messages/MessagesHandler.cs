using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Messaging.Connections;
using Platform.Messaging.Conversations;
using Platform.Messaging.Limits;
using Platform.Messaging.Live;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Messages;

/// <summary>Sending, changing, reading and marking messages as read.</summary>
public sealed class MessagesHandler(
    IMessageStore store,
    IConnectionGate gate,
    Appender appender,
    MessageRate rate,
    LiveHub hub,
    IOptions<MessageOptions> options,
    TimeProvider time
)
{
    private const int MaxAttempts = 4;

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
                    membership.Except(request.SenderId),
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
        if (mark.MemberIds.Count > 0)
        {
            hub.Announce(conversationId, mark.MemberIds);
        }
        return mark.BeyondEnd ? throw Refusals.MessageNotFound() : mark;
    }

    /// <summary>Replaces what one's own message says, for a time after it was sent and while one may still send.</summary>
    public async Task<StoredMessage> EditAsync(
        AppendRequest request,
        long number,
        string text,
        IReadOnlyList<MessageLink> links,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (membership, message) = await FindOwnAsync(
                request.ConversationId,
                request.SenderId,
                number,
                cancellationToken
            );
            if (message.DeleteTime is not null)
            {
                throw new DomainException(ErrorReason.MessageDeleted, "The message was deleted.");
            }
            if (
                message.Edits.FirstOrDefault(edit =>
                    request.RequestId.Length > 0 && edit.RequestId == request.RequestId
                ) is
                { } earlier
            )
            {
                // its first answer, even if the message was edited since
                return earlier.Fingerprint == request.Fingerprint
                    ? message with
                    {
                        Text = text,
                        Links = links,
                        EditTime = earlier.Time,
                    }
                    : throw Refusals.RequestIdReused();
            }
            var now = time.GetWholeMilliseconds();
            var until = message.CreateTime + options.Value.EditWindow;
            if (now >= until)
            {
                throw new DomainException(
                    ErrorReason.EditWindowClosed,
                    "The time in which the message may be changed has passed."
                ).With("until", until);
            }
            if (attempt == 0)
            {
                rate.Count(request.SenderId, request.Tier);
            }
            await gate.EnsureFirstDegreeAsync(
                request.SenderId,
                membership.Except(request.SenderId),
                atLeastRevision,
                cancellationToken
            );
            var changed = await store.ChangeAsync(
                new MessageChange
                {
                    ConversationId = request.ConversationId,
                    Number = number,
                    ReadVersion = message.Version,
                    MembershipVersion = membership.Version,
                    Text = text,
                    Links = links,
                    Time = now,
                    RequestId = request.RequestId,
                    Fingerprint = request.Fingerprint,
                },
                cancellationToken
            );
            if (changed is not null)
            {
                hub.Announce(request.ConversationId, membership.MemberIds);
                return changed;
            }
        }
        throw Contended();
    }

    /// <summary>Takes the content of one's own message away from everybody; a tombstone keeps its number.</summary>
    public async Task<StoredMessage> DeleteAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (membership, message) = await FindOwnAsync(
                conversationId,
                memberId,
                number,
                cancellationToken
            );
            if (message.DeleteTime is not null)
            {
                return message;
            }
            var changed = await store.ChangeAsync(
                MessageChange.Deletion(message, time.GetWholeMilliseconds()),
                cancellationToken
            );
            if (changed is not null)
            {
                hub.Announce(conversationId, membership.MemberIds);
                return changed;
            }
        }
        throw Contended();
    }

    /// <summary>A message that the member wrote.</summary>
    private async Task<(Membership Membership, StoredMessage Message)> FindOwnAsync(
        string conversationId,
        string memberId,
        long number,
        CancellationToken cancellationToken
    )
    {
        var preparation =
            await store.PrepareChangeAsync(conversationId, memberId, number, cancellationToken)
            ?? throw Refusals.ConversationNotFound();
        var message = preparation.Message ?? throw Refusals.MessageNotFound();
        if (message.SenderId != memberId)
        {
            throw new DomainException(
                ErrorReason.NotTheSender,
                "Only its sender changes a message."
            );
        }
        return message.Kind is MessageKind.Text or MessageKind.InvitationNote
            ? (preparation.Membership, message)
            : throw new DomainException(
                ErrorReason.InvalidRequest,
                "The message tells what happened; nobody wrote it."
            ).WithField("number", "must be that of a text or a note");
    }

    private static DomainException Contended() =>
        new(
            ErrorReason.Contention,
            "The message or the members keep changing; nothing was stored."
        );

    /// <summary>What the member has not read.</summary>
    public Task<UnreadCounts> CountUnreadAsync(
        string memberId,
        CancellationToken cancellationToken
    ) => store.CountUnreadAsync(memberId, cancellationToken);
}
