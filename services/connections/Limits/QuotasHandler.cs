using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Connections.Limits;

/// <summary>Says what remains of limits.</summary>
public sealed class QuotasHandler(
    IMemberStore members,
    IConnectionStore store,
    LimitPolicySource policy,
    TimeProvider time
)
{
    /// <summary>The quotas of a member, of some kinds or of all; what the tier does not limit is left out. Strong.</summary>
    public async Task<IReadOnlyList<Quota>> ReadAsync(
        string member,
        string tier,
        IReadOnlyCollection<QuotaKind> kinds,
        CancellationToken cancellationToken
    )
    {
        var limits = policy.Of(tier);
        var limited = kinds.Where(kind => limits.Of(kind) is not null).ToList();
        if (limited.Count == 0)
        {
            return [];
        }
        var record = limited.Contains(QuotaKind.WeeklyInvitations)
            ? await members.GetAsync(member, cancellationToken).ConfigureAwait(false)
            : MemberRecord.Of(member);
        var counts = limited.Any(kind => kind != QuotaKind.WeeklyInvitations)
            ? await store.CountAllAsync(member, cancellationToken).ConfigureAwait(false)
            : new Dictionary<RelationshipList, long>();
        var now = time.GetUtcNow();
        return
        [
            .. limited.Select(kind =>
            {
                var limit = limits.Of(kind)!.Value;
                return kind == QuotaKind.WeeklyInvitations
                    ? new Quota(
                        kind,
                        limit,
                        WeeklyWindow.Keys(record.Slots, now).Count,
                        WeeklyWindow.NextFree(record.Slots, limit, now),
                        limits.Tier
                    )
                    : new Quota(
                        kind,
                        limit,
                        counts.GetValueOrDefault(ListOf(kind)),
                        NextFreeTime: null,
                        limits.Tier
                    );
            }),
        ];
    }

    private static RelationshipList ListOf(QuotaKind kind) =>
        kind switch
        {
            QuotaKind.PendingInvitations => RelationshipList.SentPending,
            QuotaKind.Connections => RelationshipList.Connections,
            QuotaKind.Blocks => RelationshipList.Blocked,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Is no list."),
        };
}
