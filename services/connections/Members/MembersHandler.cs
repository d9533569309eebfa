using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Members;

/// <summary>Decides on the life cycle of members.</summary>
public sealed class MembersHandler(
    IConnectionStore store,
    IMemberStore members,
    Eraser eraser,
    ErasureWorker worker,
    TimeProvider time
)
{
    // each lost round means that a call of the member's own took or gave back a slot
    private const int MaxRounds = 16;

    /// <summary>Begins to erase a member, or says how far it is.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.Contention"/>, or the store's.</exception>
    public async Task<DeletionView> DeleteAsync(
        string memberId,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var member = await members.GetAsync(memberId, cancellationToken).ConfigureAwait(false);
            if (member.Deletion is { } deletion)
            {
                worker.Wake();
                return
                    deletion.FirstAnswer is { } first
                    && string.Equals(first.RequestId, requestId, StringComparison.Ordinal)
                    && Now - deletion.StartTime < Relationship.RequestIdLifetime
                    ? new DeletionView(
                        memberId,
                        first.State,
                        deletion.StartTime,
                        first.EndTime,
                        first.RemovedCount,
                        first.RemainingCount,
                        first.Revision
                    )
                    : await ViewAsync(member, cancellationToken).ConfigureAwait(false);
            }
            // from here on nobody can find the member, and nothing of their own is left in the record
            var begun = await members
                .TryStoreAsync(
                    MemberRecord.Of(memberId) with
                    {
                        Revision = member.Revision,
                        Deletion = new MemberDeletion(
                            MemberDeletionState.Running,
                            Now,
                            EndTime: null,
                            RemovedCount: member.Settings == MemberSettings.Default ? 0 : 1,
                            DueTime: Now
                        ),
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (begun is not null)
            {
                return await AnswerAsync(begun, requestId, cancellationToken).ConfigureAwait(false);
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many calls changed this member at once; nothing was stored."
        );
    }

    /// <summary>How far the erasure of a member is.</summary>
    public async Task<DeletionView> GetAsync(
        string memberId,
        CancellationToken cancellationToken
    ) =>
        await ViewAsync(
                await members.GetAsync(memberId, cancellationToken).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);

    private DateTimeOffset Now =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task<DeletionView> AnswerAsync(
        MemberRecord begun,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        var member = begun;
        var left = await store
            .CountToEraseAsync(begun.MemberId, cancellationToken)
            .ConfigureAwait(false);
        if (left == 0)
        {
            // nothing to wait for; the worker has it if it was faster
            member =
                await eraser.EraseAsync(begun, cancellationToken).ConfigureAwait(false)
                ?? await members.GetAsync(begun.MemberId, cancellationToken).ConfigureAwait(false);
        }
        var view = await ViewAsync(member, cancellationToken).ConfigureAwait(false);
        if (requestId.Length > 0)
        {
            await RememberAsync(member, requestId, view, cancellationToken).ConfigureAwait(false);
        }
        worker.Wake();
        return view;
    }

    private async Task RememberAsync(
        MemberRecord member,
        string requestId,
        DeletionView view,
        CancellationToken cancellationToken
    )
    {
        var answer = new DeletionAnswer(
            requestId,
            view.State!.Value,
            view.EndTime,
            view.RemovedCount,
            view.RemainingCount,
            view.Revision
        );
        for (var round = 0; round < MaxRounds; round++)
        {
            if (
                await members
                    .TryStoreAsync(
                        member with
                        {
                            Deletion = member.Deletion! with { FirstAnswer = answer },
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false)
                is not null
            )
            {
                return;
            }
            member = await members
                .GetAsync(member.MemberId, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task<DeletionView> ViewAsync(
        MemberRecord member,
        CancellationToken cancellationToken
    ) =>
        new(
            member.MemberId,
            member.Deletion?.State,
            member.Deletion?.StartTime,
            member.Deletion?.EndTime,
            member.Deletion?.RemovedCount ?? 0,
            member.Deletion?.State == MemberDeletionState.Running
                ? await store
                    .CountToEraseAsync(member.MemberId, cancellationToken)
                    .ConfigureAwait(false)
                : 0,
            await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false)
        );
}
