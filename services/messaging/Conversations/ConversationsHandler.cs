using Platform.Common.V1;
using Platform.Messaging.Connections;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Messaging.Conversations;

/// <summary>Starting, reading and changing conversations.</summary>
public sealed class ConversationsHandler(
    IMessageStore store,
    IConnectionGate gate,
    Appender appender,
    ReadReceipts receipts,
    Eraser eraser,
    LiveHub hub,
    TimeProvider time
)
{
    /// <summary>The most members a conversation has.</summary>
    public const int MaxMembers = 50;

    /// <summary>When so many different members have left a group it takes nobody in any more: it remembers each of them.</summary>
    public const int MaxFormerMembers = 1000;

    /// <summary>The most code points a group's name has.</summary>
    public const int MaxNameLength = 100;

    public const int DefaultPageSize = 20;
    public const int MaxPageSize = 100;

    /// <summary>Finds the conversation of a pair or makes it, or makes a group.</summary>
    /// <param name="memberId">Who starts it.</param>
    /// <param name="otherIds">The others; doubles and the one who starts it do not count.</param>
    /// <param name="name">A group's name; empty for none.</param>
    /// <param name="requestId">Empty for none.</param>
    /// <param name="fingerprint">Of the request; empty without a request id.</param>
    /// <param name="atLeastRevision">A revision of connections that the gate must include; empty for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StartedView> StartAsync(
        string memberId,
        IEnumerable<string> otherIds,
        string name,
        string requestId,
        string fingerprint,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        string[] others =
        [
            .. otherIds.Where(id => id != memberId).Distinct(StringComparer.Ordinal),
        ];
        if (others.Length == 0)
        {
            throw new DomainException(
                ErrorReason.SelfConversation,
                "A conversation needs somebody else in it."
            );
        }
        if (others.Length >= MaxMembers)
        {
            throw Refusals.ConversationFull(MaxMembers);
        }
        var pair = others.Length == 1;
        if (pair && name.Length > 0)
        {
            throw new DomainException(
                ErrorReason.InvalidRequest,
                "Only a group has a name."
            ).WithField("name", "must be empty for a conversation of two");
        }
        if (
            requestId.Length > 0
            && await store.FindStartAsync(memberId, requestId, cancellationToken) is { } earlier
        )
        {
            return await ViewAsync(earlier, memberId, fingerprint, cancellationToken);
        }
        var id = pair
            ? ConversationIds.OfPair(memberId, others[0])
            : ConversationIds.OfGroup(memberId, requestId, fingerprint);
        // what is there may be found after a disconnect too, to be read; only what is made needs the gate
        var existing = pair
            ? await store.FindConversationAsync(id, memberId, cancellationToken)
            : null;
        if (existing is not null && requestId.Length == 0)
        {
            return new StartedView(
                await SeeAsync(existing, memberId, cancellationToken),
                Created: false
            );
        }
        if (existing is null)
        {
            await EnsureLivingAsync(memberId, others, cancellationToken);
            await gate.EnsureFirstDegreeAsync(memberId, others, atLeastRevision, cancellationToken);
        }
        var started = await store.StartAsync(
            new NewConversation(
                id,
                pair ? ConversationKind.Pair : ConversationKind.Group,
                name,
                memberId,
                others,
                requestId,
                fingerprint,
                time.GetWholeMilliseconds()
            ),
            cancellationToken
        );
        if (existing is null && started.Created)
        {
            await eraser.EraseAgainAsync([memberId, .. others], cancellationToken);
            hub.Announce(started.ConversationId, [memberId, .. others]);
        }
        return await ViewAsync(started, memberId, fingerprint, cancellationToken);
    }

    /// <summary>One conversation.</summary>
    public async Task<ConversationView> GetAsync(
        string conversationId,
        string memberId,
        CancellationToken cancellationToken
    ) =>
        await SeeAsync(
            await store.FindConversationAsync(conversationId, memberId, cancellationToken)
                ?? throw Refusals.ConversationNotFound(),
            memberId,
            cancellationToken
        );

    /// <summary>A page of the member's conversations, newest activity first.</summary>
    public async Task<ConversationPage> ListAsync(
        string memberId,
        string? after,
        int limit,
        bool unreadOnly,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var page = await store.ListConversationsAsync(
                memberId,
                after,
                limit,
                unreadOnly,
                cancellationToken
            );
            return page with
            {
                Conversations = await receipts.SeeAsync(
                    memberId,
                    page.Conversations,
                    cancellationToken
                ),
            };
        }
        catch (FormatException)
        {
            throw PageToken.Foreign();
        }
    }

    /// <summary>Names a group. All of it read the name, so whoever gives it may write to all of it, as for a message.</summary>
    public async Task<ConversationView> RenameAsync(
        AppendRequest request,
        string name,
        CancellationToken cancellationToken
    )
    {
        await appender.AppendAsync(
            request,
            membership =>
            {
                EnsureGroup(membership);
                return (
                    membership.Except(request.SenderId),
                    new MessageDraft { Kind = MessageKind.Renamed, Text = name }
                );
            },
            atLeastRevision: "",
            cancellationToken
        );
        return await GetAsync(request.ConversationId, request.SenderId, cancellationToken);
    }

    /// <summary>Adds connections of the acting member to a group. Those who are in it already are passed over.</summary>
    public async Task<ConversationView> AddMembersAsync(
        AppendRequest request,
        IReadOnlyCollection<string> addedIds,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        await EnsureLivingAsync(request.SenderId, addedIds, cancellationToken);
        await appender.AppendAsync(
            request,
            membership =>
            {
                EnsureGroup(membership);
                string[] added =
                [
                    .. addedIds.Distinct(StringComparer.Ordinal).Except(membership.MemberIds),
                ];
                if (added.Length == 0)
                {
                    return null;
                }
                if (membership.MemberIds.Count + added.Length > MaxMembers)
                {
                    throw Refusals.ConversationFull(MaxMembers);
                }
                return (
                    added,
                    new MessageDraft
                    {
                        Kind = MessageKind.MembersAdded,
                        AffectedMemberIds = added,
                        MaxFormerMembers = MaxFormerMembers,
                    }
                );
            },
            atLeastRevision,
            cancellationToken
        );
        await eraser.EraseAgainAsync([request.SenderId, .. addedIds], cancellationToken);
        return await GetAsync(request.ConversationId, request.SenderId, cancellationToken);
    }

    /// <summary>Leaves a group.</summary>
    public Task LeaveAsync(AppendRequest request, CancellationToken cancellationToken) =>
        appender.AppendAsync(
            request,
            membership =>
            {
                EnsureGroup(membership);
                return ([], new MessageDraft { Kind = MessageKind.MemberLeft });
            },
            atLeastRevision: "",
            cancellationToken
        );

    private async Task<ConversationView> SeeAsync(
        ConversationView conversation,
        string memberId,
        CancellationToken cancellationToken
    ) => (await receipts.SeeAsync(memberId, [conversation], cancellationToken))[0];

    /// <summary>Who is erased begins nothing, and is not there for others.</summary>
    private async Task EnsureLivingAsync(
        string memberId,
        IReadOnlyCollection<string> otherIds,
        CancellationToken cancellationToken
    )
    {
        var erased = await eraser.FindErasedAsync([memberId, .. otherIds], cancellationToken);
        if (erased.Count > 0)
        {
            throw erased.Contains(memberId)
                ? Refusals.MemberDeleted()
                : Refusals.NotFirstDegree(erased);
        }
    }

    private static void EnsureGroup(Membership membership)
    {
        if (membership.Kind != ConversationKind.Group)
        {
            throw Refusals.NotAGroup();
        }
    }

    private async Task<StartedView> ViewAsync(
        StartedConversation started,
        string memberId,
        string fingerprint,
        CancellationToken cancellationToken
    ) =>
        started.Fingerprint == fingerprint
            ? new StartedView(
                await GetAsync(started.ConversationId, memberId, cancellationToken),
                started.Created
            )
            : throw Refusals.RequestIdReused();
}
