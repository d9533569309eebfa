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
        var blocked = await members.AreBlockedAsync(member, others, cancellationToken);
        var allowed = await permissions.RefusalsAsync(member, entities, cancellationToken);
        var self = (await members.GetAsync([member], cancellationToken))[0];
        var limit = bounds is null
            ? null
            : new FollowQuota(
                bounds,
                await store.ReadUsageAsync(member, cancellationToken)
            ).Refusal;
        var refusals = new ErrorReason?[entities.Count];
        var other = 0;
        for (var index = 0; index < refusals.Length; index++)
        {
            var isMember = entities[index].Kind == FollowKind.Member;
            var isBlocked = isMember && blocked[other++];
            refusals[index] =
                entities[index] == Followable.Member(member) ? ErrorReason.SelfFollow
                : self.IsDeleted ? ErrorReason.MemberDeleted
                : isBlocked ? ErrorReason.NotFollowable
                : standings[index].Following ? null
                : allowed[index]?.Reason ?? limit;
        }
        return refusals;
    }
}
