using Platform.Common.V1;
using Platform.Connections.Limits;
using Platform.Connections.Members;
using Platform.Connections.Recommendations;
using Platform.Connections.Relationships;
using Platform.Connections.Settings;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Connections;

/// <summary>
/// What stands between a viewer and many members at once. The rules are those of the methods that invite and recommend; this
/// only asks them for all, with one read of the pairs and one of the members.
/// </summary>
public sealed class StandingsHandler(
    IConnectionStore store,
    IMemberStore members,
    InvitationAudienceCheck audience,
    RecommendationsHandler recommendations,
    MemberSlots slots,
    LimitPolicySource limits,
    RelationshipUpdater updater
)
{
    // how many pairs that need a look of their own (a setting, a recommendation) are looked at together
    private const int ReadTogether = 8;

    /// <summary>The standings of a viewer with others, in their order; a double is answered twice.</summary>
    public async Task<IReadOnlyList<PairStanding>> ReadAsync(
        string viewer,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var pairs = await store
            .GetManyAsync(viewer, others, cancellationToken)
            .ConfigureAwait(false);
        var now = updater.Now;
        return [.. others.Select(other => See(viewer, other, PairOf(pairs, viewer, other), now))];
    }

    /// <summary><see cref="ReadAsync"/>, with what the viewer may do.</summary>
    /// <param name="viewer">Who would invite and recommend.</param>
    /// <param name="tier">The tier of the call's token, whose limits count.</param>
    /// <param name="others">Whom.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<PairStanding>> ReadWithPermissionsAsync(
        string viewer,
        string tier,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var ofViewer = limits.Of(tier);
        // the members before the pairs, as whoever sends an invitation does
        var records = await members
            .GetManyAsync([viewer, .. others], cancellationToken)
            .ConfigureAwait(false);
        var pairs = await store
            .GetManyAsync(viewer, others, cancellationToken)
            .ConfigureAwait(false);
        var toInvite = await slots
            .ObstaclesToInviteAsync(viewer, ofViewer, cancellationToken)
            .ConfigureAwait(false);
        var toConnect = await slots
            .ObstacleToConnectAsync(viewer, ofViewer, cancellationToken)
            .ConfigureAwait(false);
        var now = updater.Now;
        var standings = new PairStanding[others.Count];
        var toLookAt = new List<(int Index, Relationship? Pair)>();
        for (var index = 0; index < standings.Length; index++)
        {
            var pair = PairOf(pairs, viewer, others[index]);
            if (NeedsLook(pair, records[index + 1]))
            {
                toLookAt.Add((index, pair));
                continue;
            }
            // completes at once
            standings[index] = await DecideAsync(index, pair, cancellationToken)
                .ConfigureAwait(false);
        }
        if (toLookAt.Count > 0)
        {
            await Parallel
                .ForEachAsync(
                    toLookAt,
                    new ParallelOptions
                    {
                        MaxDegreeOfParallelism = ReadTogether,
                        CancellationToken = cancellationToken,
                    },
                    async (one, cancel) =>
                        standings[one.Index] = await DecideAsync(one.Index, one.Pair, cancel)
                            .ConfigureAwait(false)
                )
                .ConfigureAwait(false);
        }
        return standings;

        async ValueTask<PairStanding> DecideAsync(
            int index,
            Relationship? pair,
            CancellationToken cancel
        )
        {
            var record = records[index + 1];
            var standing = See(viewer, others[index], pair, now);
            return pair is null ? WithPermissionsOfSelf(standing)
                : records[0].IsErased ? WithPermissionsOfErased(standing)
                : standing with
                {
                    Invite = PairPermission.Of(
                        await ObstaclesToInviteAsync(
                                viewer,
                                pair,
                                record,
                                toInvite,
                                toConnect,
                                cancel
                            )
                            .ConfigureAwait(false),
                        standing.CoolDownEnd,
                        now
                    ),
                    Recommend = await RecommendAsync(
                            viewer,
                            others[index],
                            record.IsErased ? default : pair.Status,
                            cancel
                        )
                        .ConfigureAwait(false),
                };
        }
    }

    /// <summary>Whether more than the pair and the members decides: a recommendation, a limit of the other's, a list in common.</summary>
    private static bool NeedsLook(Relationship? pair, MemberRecord other) =>
        pair is not null
        && !other.IsErased
        && (
            pair.State is RelationshipState.Connected or RelationshipState.Pending
            || other.Settings.InvitationAudience == InvitationAudience.SecondDegree
        );

    private static Relationship? PairOf(
        IReadOnlyDictionary<string, Relationship> pairs,
        string viewer,
        string other
    ) =>
        pairs.TryGetValue(other, out var pair) ? pair
        : string.Equals(viewer, other, StringComparison.Ordinal) ? null
        : Relationship.None(MemberPair.Of(viewer, other));

    private static PairStanding See(
        string viewer,
        string other,
        Relationship? pair,
        DateTimeOffset now
    )
    {
        if (pair is null)
        {
            return new PairStanding(ConnectionCheckResult.Self, null, null, Blocks: false);
        }
        var side = pair.Pair.SideOf(viewer);
        var check = ConnectionCheckResult.Of(viewer, other, pair.Status);
        return new PairStanding(
            check,
            check.PendingInvitation is null ? null : pair.Invitation!.SentTime,
            check.Standing == ConnectionStanding.None
            && pair.BarredUntil(side) is { } until
            && now < until
                ? until
                : null,
            pair.BlockedBy.HasFlag(side)
        );
    }

    private static PairStanding WithPermissionsOfSelf(PairStanding standing) =>
        standing with
        {
            Invite = new PairPermission(ErrorReason.SelfInvitation),
            Recommend = new PairPermission(ErrorReason.SelfRecommendation),
        };

    private static PairStanding WithPermissionsOfErased(PairStanding standing) =>
        standing with
        {
            Invite = new PairPermission(ErrorReason.MemberDeleted),
            Recommend = new PairPermission(ErrorReason.MemberDeleted),
        };

    private async Task<IReadOnlyList<DomainException>> ObstaclesToInviteAsync(
        string viewer,
        Relationship pair,
        MemberRecord invitee,
        IReadOnlyList<DomainException> toInvite,
        DomainException? toConnect,
        CancellationToken cancellationToken
    )
    {
        // a setting decides only where nothing else stands, and may need the lists of both
        var invitability =
            invitee.IsErased ? Invitability.Gone
            : pair is { State: RelationshipState.Connected or RelationshipState.Pending }
            || pair.BlockedBy != Side.None
                ? Invitability.Open
            : await audience
                .InvitabilityOfAsync(invitee, viewer, cancellationToken)
                .ConfigureAwait(false);
        var obstacles = pair.ObstaclesToSend(pair.Pair.SideOf(viewer), updater.Now, invitability);
        if (obstacles.Count > 0)
        {
            return obstacles;
        }
        if (pair.State != RelationshipState.Pending)
        {
            return toInvite;
        }
        var ofInviter = limits.Of(pair.Invitation!.Tier);
        return
            (
                toConnect
                ?? await slots
                    .ObstacleToConnectAsync(invitee.MemberId, ofInviter, cancellationToken)
                    .ConfigureAwait(false)
            )
                is { } full
            ? [full]
            : [];
    }

    private async Task<PairPermission> RecommendAsync(
        string viewer,
        string other,
        PairStatus pair,
        CancellationToken cancellationToken
    ) =>
        new(
            (
                await recommendations
                    .ObstacleToWriteAsync(viewer, other, pair, cancellationToken)
                    .ConfigureAwait(false)
            )?.Reason
        );
}
