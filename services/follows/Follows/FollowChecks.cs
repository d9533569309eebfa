using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Limits;
using Platform.Follows.Storage;

namespace Platform.Follows.Follows;

/// <summary>Says what stands between a member and others, and what the member could do about it.</summary>
public sealed class FollowChecks(
    IFollowStore store,
    IMemberStore members,
    FollowPermissions permissions
)
{
    /// <summary>
    /// Why a member could not follow each of the entities, in their order; null where it could. What is followed already can be
    /// followed: it changes nothing.
    /// </summary>
    public async Task<IReadOnlyList<ErrorReason?>> RefusalsAsync(
        string member,
        IReadOnlyList<Followable> entities,
        IReadOnlyList<FollowStanding> standings,
        FollowBounds? bounds,
        CancellationToken cancellationToken
    )
    {
        string[] others =
        [
            .. entities
                .Where(entity => entity.Kind == FollowKind.Member)
                .Select(entity => entity.Id),
        ];
        var self = Followable.Member(member);
        // of the others nothing that they allow makes a difference
        int[] open =
        [
            .. Enumerable
                .Range(0, entities.Count)
                .Where(index => !standings[index].Following && entities[index] != self),
        ];
        // together: the store answers them in one round
        var blockedTask = members.AreBlockedAsync(member, others, cancellationToken);
        var allowedTask = permissions.RefusalsAsync(
            member,
            [.. open.Select(index => entities[index])],
            cancellationToken
        );
        var stateTask = members.GetAsync([member], cancellationToken);
        var usageTask = bounds is null ? null : store.ReadUsageAsync(member, cancellationToken);
        await Task.WhenAll(blockedTask, allowedTask, stateTask, usageTask ?? Task.CompletedTask);
        var (blocked, allowed) = (await blockedTask, await allowedTask);
        var isDeleted = (await stateTask)[0].IsDeleted;
        var limit = bounds is null ? null : new FollowQuota(bounds, await usageTask!).Refusal;
        var refusals = new ErrorReason?[entities.Count];
        var (other, asked) = (0, 0);
        for (var index = 0; index < refusals.Length; index++)
        {
            var isMember = entities[index].Kind == FollowKind.Member;
            var isBlocked = isMember && blocked[other++];
            var isOpen = asked < open.Length && open[asked] == index;
            var refusal = isOpen ? allowed[asked++] : null;
            refusals[index] =
                entities[index] == self ? ErrorReason.SelfFollow
                : isDeleted ? ErrorReason.MemberDeleted
                : isBlocked ? ErrorReason.NotFollowable
                : isOpen ? refusal?.Reason ?? limit
                : null;
        }
        return refusals;
    }
}
