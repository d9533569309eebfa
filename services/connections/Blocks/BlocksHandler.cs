using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.Limits;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Blocks;

/// <summary>Decides on blocks.</summary>
public sealed class BlocksHandler(
    IConnectionStore store,
    IMemberStore members,
    RelationshipUpdater updater,
    MemberSlots slots,
    LimitPolicySource limits,
    IOptionsMonitor<BlockOptions> options
)
{
    /// <summary>Blocks a member; blocking again changes nothing.</summary>
    /// <param name="actor">Who blocks.</param>
    /// <param name="tier">The tier of the call's token.</param>
    /// <param name="other">Whom.</param>
    /// <param name="request">Set when the caller named a <c>request_id</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <c>BlocksService.BlockMember</c>.</exception>
    public async Task<RelationshipAnswer> BlockAsync(
        string actor,
        string tier,
        string other,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        RefuseSelf(actor, other);
        var records = await members
            .GetManyAsync([actor, other], cancellationToken)
            .ConfigureAwait(false);
        if (records.Any(record => record.IsErased))
        {
            throw new DomainException(
                ErrorReason.MemberDeleted,
                "One of the two is being erased, or has been."
            );
        }
        var pause = options.CurrentValue.PauseAfterUnblock;
        var admission = new Admission(slots, limits, actor, tier);
        try
        {
            return await updater
                .UpdateAsync(
                    MemberPair.Of(actor, other),
                    relationship =>
                        relationship.Block(
                            new RelationshipCommand(actor, updater.Now, request),
                            pause
                        ),
                    admission,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        finally
        {
            await admission.EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lifts a block.</summary>
    /// <exception cref="DomainException">See <c>BlocksService.UnblockMember</c>.</exception>
    public Task<RelationshipAnswer> UnblockAsync(
        string actor,
        string other,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        if (string.Equals(actor, other, StringComparison.Ordinal))
        {
            throw new DomainException(ErrorReason.NotBlocked, "Nobody blocks themselves.");
        }
        var pause = options.CurrentValue.PauseAfterUnblock;
        return updater.UpdateAsync(
            MemberPair.Of(actor, other),
            relationship =>
                relationship.Unblock(new RelationshipCommand(actor, updater.Now, request), pause),
            cancellationToken
        );
    }

    /// <summary>A page of those whom a member blocks, newest first.</summary>
    public Task<IReadOnlyList<ListEntry>> ListAsync(
        string member,
        ListPosition? after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        store.ListAsync(
            new ListQuery(member, RelationshipList.Blocked, limit) { After = after },
            cancellationToken
        );

    /// <summary>Which blocks stand between a member and each of others, in their order, from one consistent read.</summary>
    public async Task<IReadOnlyList<BlockStanding>> CheckAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var statuses = await store
            .GetStatusesAsync(member, others, cancellationToken)
            .ConfigureAwait(false);
        return
        [
            .. statuses.Select(
                (status, index) =>
                {
                    if (status.BlockedBy == Side.None)
                    {
                        return default;
                    }
                    var side = MemberPair.Of(member, others[index]).SideOf(member);
                    return new BlockStanding(
                        status.BlockedBy.HasFlag(side),
                        status.BlockedBy.HasFlag(side.Other())
                    );
                }
            ),
        ];
    }

    private static void RefuseSelf(string actor, string other)
    {
        if (string.Equals(actor, other, StringComparison.Ordinal))
        {
            throw new DomainException(ErrorReason.SelfBlock, "A member cannot block themselves.");
        }
    }
}
