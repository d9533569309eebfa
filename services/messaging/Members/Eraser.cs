using Platform.Common.V1;
using Platform.Messaging.Live;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Members;

/// <summary>
/// Erases members. That a member is gone is noted first, and counts for whatever begins after it; then each step takes away some of what
/// is left, found in the store itself, so that it goes on wherever it was cut off.
/// </summary>
public sealed class Eraser(
    IMessageStore store,
    IMemberStore members,
    LiveHub hub,
    TimeProvider time
)
{
    // of one call, so that it ends well within a deadline
    private const int MaxMessages = 500;
    private const int MaxSteps = 50;
    private const int MaxRounds = 16;

    /// <summary>Erases some of what is left of a member.</summary>
    public async Task<ErasureProgress> EraseAsync(
        string memberId,
        CancellationToken cancellationToken
    )
    {
        await NoteAsync(memberId, cancellationToken);
        var (messages, conversations) = (0L, 0L);
        for (var steps = 0; steps < MaxSteps && messages < MaxMessages; steps++)
        {
            var step = await store.EraseAsync(
                memberId,
                time.GetWholeMilliseconds(),
                cancellationToken
            );
            if (step.ConversationId is not { } conversation)
            {
                return new ErasureProgress(true, messages, conversations);
            }
            hub.Announce(conversation, step.MemberIds);
            messages += step.Messages;
            conversations += step.Left ? 1 : 0;
        }
        return new ErasureProgress(false, messages, conversations);
    }

    /// <summary>Which of these members are being erased, or have been.</summary>
    public async Task<IReadOnlyList<string>> FindErasedAsync(
        IReadOnlyCollection<string> memberIds,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await members.FindAsync(memberIds, cancellationToken))
                .Where(member => member.IsErased)
                .Select(member => member.MemberId),
        ];

    /// <summary>
    /// Erases again whoever of these members is erased. For what takes members in after it has looked whether they are there: an erasure
    /// that ran between the look and the store has not met what was stored.
    /// </summary>
    /// <returns>Whether any is.</returns>
    public async Task<bool> EraseAgainAsync(
        IReadOnlyCollection<string> memberIds,
        CancellationToken cancellationToken
    )
    {
        var erased = await FindErasedAsync(memberIds, cancellationToken);
        foreach (var member in erased)
        {
            await EraseAsync(member, cancellationToken);
        }
        return erased.Count > 0;
    }

    private async Task NoteAsync(string memberId, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var member = await members.GetAsync(memberId, cancellationToken);
            if (
                member.IsErased
                || await members.TryStoreAsync(
                    // their settings go
                    MemberRecord.Of(memberId) with
                    {
                        Revision = member.Revision,
                        ErasedTime = time.GetWholeMilliseconds(),
                    },
                    cancellationToken
                )
                    is not null
            )
            {
                return;
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers changed this member at once; call again."
        );
    }
}
