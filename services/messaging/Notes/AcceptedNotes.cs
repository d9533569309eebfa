using Platform.Common.V1;
using Platform.Connections.Client;
using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Notes;

/// <summary>
/// Opens the conversation of two who connected with the note of the invitation. It is a send of the inviter, with the gate's yes and
/// under the invitation's id, so that it is there once however often the record tells of it.
/// </summary>
public sealed class AcceptedNotes(
    IRecordPositionStore positions,
    IInvitationSource invitations,
    IMessageStore store,
    IMemberStore members,
    Appender appender,
    Eraser eraser,
    LiveHub hub,
    TimeProvider time
) : IConnectionChangeConsumer
{
    /// <inheritdoc />
    public IReadOnlyCollection<RecordedChangeKind> Kinds { get; } = [RecordedChangeKind.Connected];

    /// <inheritdoc />
    public Task<bool> ClaimAsync(
        string holder,
        TimeSpan life,
        CancellationToken cancellationToken
    ) => positions.ClaimAsync(holder, life, cancellationToken);

    /// <inheritdoc />
    public async Task<string> ReadCursorAsync(CancellationToken cancellationToken) =>
        (await positions.ReadAsync(cancellationToken)).Cursor;

    /// <inheritdoc />
    public async Task ApplyAsync(
        IReadOnlyList<RecordedChange> changes,
        string cursor,
        CancellationToken cancellationToken
    )
    {
        var position = await positions.ReadAsync(cancellationToken);
        foreach (var change in changes)
        {
            // who connected before messaging began to listen is not written to years later
            if (
                change.Kind == RecordedChangeKind.Connected
                && change.InvitationId.Length > 0
                && change.Time >= position.Since
            )
            {
                await OpenAsync(change, cancellationToken);
            }
        }
        if (cursor != position.Cursor)
        {
            await positions.StoreAsync(cursor, cancellationToken);
        }
    }

    private async Task OpenAsync(RecordedChange change, CancellationToken cancellationToken)
    {
        var invitation = await invitations.FindAcceptedAsync(
            change.FirstId,
            change.InvitationId,
            cancellationToken
        );
        if (invitation is not { Note.Length: > 0 })
        {
            return;
        }
        var (inviter, invitee) = (invitation.InviterId, invitation.InviteeId);
        // a try before this one may have been cut off before its second look
        if (
            await eraser.EraseAgainAsync([inviter, invitee], cancellationToken)
            || !await IsWantedAsync(invitee, cancellationToken)
        )
        {
            return;
        }
        var id = ConversationIds.OfPair(inviter, invitee);
        // of no harm if they are connected no more: an empty conversation that either could have found
        await store.StartAsync(
            new NewConversation(
                id,
                ConversationKind.Pair,
                Name: "",
                inviter,
                [invitee],
                RequestId: "",
                Fingerprint: "",
                time.GetWholeMilliseconds()
            ),
            cancellationToken
        );
        // Once is enough: an erasure that runs later finds the conversation, and the append sees that its members changed.
        if (await eraser.EraseAgainAsync([inviter, invitee], cancellationToken))
        {
            return;
        }
        hub.Announce(id, [inviter, invitee]);
        try
        {
            await appender.AppendAsync(
                // no caller can use such an id
                new AppendRequest(id, inviter, $"note~{change.InvitationId}", Fingerprint: "note"),
                _ =>
                    (
                        [invitee],
                        new MessageDraft
                        {
                            Kind = MessageKind.InvitationNote,
                            Text = invitation.Note,
                        }
                    ),
                atLeastRevision: "",
                cancellationToken
            );
        }
        catch (DomainException exception)
            when (exception.Reason
                    is ErrorReason.NotFirstDegree
                        or ErrorReason.ConversationNotFound
                        or ErrorReason.MemberDeleted
            )
        {
            // they have parted since, or one is gone: then nothing is said
        }
    }

    /// <summary>Who accepts says whether notes open conversations.</summary>
    private async Task<bool> IsWantedAsync(string inviteeId, CancellationToken cancellationToken) =>
        (await members.GetAsync(inviteeId, cancellationToken)).Settings.NoteOpensConversation;
}
