using Platform.Common.V1;
using Platform.Messaging.Connections;
using Platform.Messaging.Conversations;
using Platform.Messaging.Limits;
using Platform.Messaging.Live;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Messages;

/// <summary>
/// The one way in which anything is added to a conversation: who is in it is read, what is asked for is allowed or refused for just
/// those members, and it is stored only if they are still the same.
/// </summary>
public sealed class Appender(
    IMessageStore store,
    IMemberStore members,
    IConnectionGate gate,
    MessageRate rate,
    LiveHub hub,
    TimeProvider time
)
{
    private const int MaxAttempts = 4;

    /// <summary>Appends what <paramref name="draft"/> makes of the members; null when there is nothing to do.</summary>
    /// <param name="request">Which conversation, by whom, under which request id.</param>
    /// <param name="draft">
    /// Decides, for the members as they are: whom the gate must say yes to, and the message. It refuses by throwing.
    /// </param>
    /// <param name="atLeastRevision">A revision of connections that the gate must include; empty for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AppendResult?> AppendAsync(
        AppendRequest request,
        Func<Membership, (IReadOnlyList<string> MustBeConnected, MessageDraft Draft)?> draft,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var preparation = await store.PrepareAsync(
                request.ConversationId,
                request.SenderId,
                request.RequestId,
                cancellationToken
            );
            // before the gate: what was stored once is answered again, whatever has become of the connection
            if (preparation.Earlier is { } earlier)
            {
                return earlier.Fingerprint == request.Fingerprint
                    ? new AppendResult(AppendOutcome.Repeated, earlier.Number, earlier.CreateTime)
                    : throw Refusals.RequestIdReused();
            }
            var membership =
                preparation.Membership
                ?? throw await NotThereAsync(request.SenderId, cancellationToken);
            if (draft(membership) is not { } decided)
            {
                return null;
            }
            if (attempt == 0 && (decided.Draft.Kind is MessageKind.Text or MessageKind.Renamed))
            {
                rate.Count(request.SenderId, request.Tier);
            }
            await gate.EnsureFirstDegreeAsync(
                request.SenderId,
                decided.MustBeConnected,
                atLeastRevision,
                cancellationToken
            );
            var result = await store.AppendAsync(
                decided.Draft with
                {
                    ConversationId = request.ConversationId,
                    SenderId = request.SenderId,
                    RequestId = request.RequestId,
                    Fingerprint = request.Fingerprint,
                    Time = time.GetWholeMilliseconds(),
                    MembershipVersion = membership.Version,
                },
                cancellationToken
            );
            switch (result.Outcome)
            {
                case AppendOutcome.Stored:
                    hub.Announce(
                        request.ConversationId,
                        [.. membership.MemberIds, .. decided.Draft.AffectedMemberIds]
                    );
                    return result;
                case AppendOutcome.Repeated:
                    return result;
                case AppendOutcome.RequestReused:
                    throw Refusals.RequestIdReused();
                case AppendOutcome.TooManyHaveLeft:
                    throw Refusals.TooManyHaveLeft(decided.Draft.MaxFormerMembers);
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "The members of the conversation keep changing; nothing was stored."
        );
    }

    /// <summary>An erased member is in no conversation; only they are told why.</summary>
    private async Task<DomainException> NotThereAsync(
        string memberId,
        CancellationToken cancellationToken
    ) =>
        (await members.GetAsync(memberId, cancellationToken)).IsErased
            ? Refusals.MemberDeleted()
            : Refusals.ConversationNotFound();
}
