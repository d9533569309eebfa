using Platform.Common.V1;
using Platform.Connections.Members;
using Platform.Connections.Network.Graph;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Network;

/// <summary>
/// Proposes members to invite: those two connections away. Each mutual connection counts the more the fewer connections it has,
/// 1 / ln(1 + connections), and somewhat more while it is new.
/// </summary>
public sealed class SuggestionsHandler(
    NetworkSight sight,
    IConnectionStore store,
    IMemberStore members,
    IDismissalStore dismissals,
    KeptViews kept,
    TimeProvider time
)
{
    // so many candidates are looked up in the store together
    private const int CheckedAtOnce = 100;
    private const int RecentDays = 30;

    // a connection of today counts half as much again as an old one; the half of that is gone after six weeks
    private static readonly double[] AgeWeights =
    [
        .. Enumerable.Range(0, 365).Select(age => 1 + 0.5 * Math.Exp(-age / 60.0)),
        1,
    ];

    /// <summary>A part of the suggestions for a member, the best first.</summary>
    /// <param name="query">For whom.</param>
    /// <param name="includeReceived">Whether to propose also those whose invitation waits for the member.</param>
    /// <param name="after">Where the part before ended; null for the first.</param>
    /// <param name="limit">How many at most; fewer only at the end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<SuggestionsPage>> ListAsync(
        NetworkQuery query,
        bool includeReceived,
        SuggestionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight
            .LookAsync(query, after?.Revision, cancellationToken)
            .ConfigureAwait(false);
        var graph = viewer.Graph;
        var showing = await sight
            .FindShowingAsync(viewer, graph.ConnectionsOf(viewer.Id).ToArray(), cancellationToken)
            .ConfigureAwait(false);
        var today = after?.Day ?? GraphDays.Of(time.GetUtcNow().ToUnixTimeMilliseconds());
        var ranked = graph
            .RankSecondDegree(
                viewer.Id,
                id => showing.Contains(id) ? 1 / Math.Log(1 + graph.DegreeOf(id)) : 0,
                AgeWeights,
                today
            )
            .Where(member => !viewer.Blocked.Contains(member.Id))
            .Where(member => after is null || IsAfter(graph, member, after));
        var found = new List<SuggestedMember>();
        foreach (var chunk in ranked.Chunk(CheckedAtOnce))
        {
            var standing = await CheckAsync(viewer, chunk, includeReceived, cancellationToken)
                .ConfigureAwait(false);
            for (var at = 0; at < chunk.Length && found.Count <= limit; at++)
            {
                if (standing[at] is { } hasInvited)
                {
                    found.Add(Describe(viewer, showing, chunk[at], today, hasInvited));
                }
            }
            // one more than asked for tells whether there is a next part
            if (found.Count > limit)
            {
                break;
            }
        }
        if (found.Count <= limit)
        {
            return viewer.Answer(new SuggestionsPage(found, null));
        }
        kept.Keep(graph);
        var last = found[limit - 1];
        return viewer.Answer(
            new SuggestionsPage(
                found[..limit],
                new SuggestionPosition(graph.Revision, today, last.Score, last.MemberId)
            )
        );
    }

    /// <summary>Never proposes a member to another again; repeating it changes nothing.</summary>
    /// <returns>The revision of the service.</returns>
    /// <exception cref="DomainException"><see cref="ErrorReason.SameMember"/>.</exception>
    public async Task<long> DismissAsync(
        string member,
        string other,
        CancellationToken cancellationToken
    )
    {
        RefuseSelf(member, other);
        var record = await members.GetAsync(member, cancellationToken).ConfigureAwait(false);
        // nothing is proposed to who is erased, and nothing new is to be kept about them
        if (!record.IsErased)
        {
            await dismissals.DismissAsync(member, other, cancellationToken).ConfigureAwait(false);
        }
        return await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a dismissal back; repeating it changes nothing.</summary>
    /// <returns>The revision of the service.</returns>
    /// <exception cref="DomainException"><see cref="ErrorReason.SameMember"/>.</exception>
    public async Task<long> RestoreAsync(
        string member,
        string other,
        CancellationToken cancellationToken
    )
    {
        RefuseSelf(member, other);
        await dismissals.RestoreAsync(member, other, cancellationToken).ConfigureAwait(false);
        return await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void RefuseSelf(string member, string other)
    {
        if (string.Equals(member, other, StringComparison.Ordinal))
        {
            throw new DomainException(ErrorReason.SameMember, "Nobody is proposed to themselves.");
        }
    }

    private static bool IsAfter(
        GraphView graph,
        RankedMember member,
        SuggestionPosition position
    ) =>
        member.Score < position.Score
        || (
            member.Score.Equals(position.Score)
            && string.CompareOrdinal(graph.NameOf(member.Id), position.MemberId) > 0
        );

    private static SuggestedMember Describe(
        ViewerGraph viewer,
        HashSet<int> showing,
        RankedMember member,
        ushort today,
        bool hasInvited
    )
    {
        var graph = viewer.Graph;
        var connectors = viewer.ConnectorsTo(member.Id, showing);
        var others = graph.ConnectionsOf(member.Id);
        var days = graph.ConnectedDaysOf(member.Id);
        var isRecent = false;
        foreach (var connector in connectors)
        {
            isRecent |= today - days[others.BinarySearch(connector)] <= RecentDays;
        }
        return new SuggestedMember(
            graph.NameOf(member.Id),
            member.Score,
            isRecent,
            connectors.Count,
            viewer.Samples(connectors),
            hasInvited
        );
    }

    /// <returns>For each candidate null if it is not to be proposed, else whether its invitation waits for the viewer.</returns>
    private async Task<bool?[]> CheckAsync(
        ViewerGraph viewer,
        RankedMember[] candidates,
        bool includeReceived,
        CancellationToken cancellationToken
    )
    {
        var ids = candidates.Select(member => viewer.Graph.NameOf(member.Id)).ToArray();
        var statuses = await store
            .GetStatusesAsync(viewer.Viewer, ids, cancellationToken)
            .ConfigureAwait(false);
        var records = await members.GetManyAsync(ids, cancellationToken).ConfigureAwait(false);
        var dismissed = await dismissals
            .FindAsync(viewer.Viewer, ids, cancellationToken)
            .ConfigureAwait(false);
        var standing = new bool?[ids.Length];
        for (var at = 0; at < ids.Length; at++)
        {
            var status = statuses[at];
            if (
                dismissed.Contains(ids[at])
                || records[at].IsErased
                || status.BlockedBy != Side.None
            )
            {
                continue;
            }
            var pair = MemberPair.Of(viewer.Viewer, ids[at]);
            var side = pair.SideOf(viewer.Viewer);
            switch (status.State)
            {
                case RelationshipState.Connected:
                case RelationshipState.Erased:
                    break;
                case RelationshipState.Pending:
                    // whoever was invited may always invite back, whatever the settings
                    standing[at] = includeReceived && status.Inviter != side ? true : null;
                    break;
                default:
                    var isOpen =
                        records[at].Settings.InvitationAudience != InvitationAudience.Nobody
                        && (
                            status.InvitationNumber == 0
                            || !await IsCoolingDownAsync(pair, side, cancellationToken)
                                .ConfigureAwait(false)
                        );
                    standing[at] = isOpen ? false : null;
                    break;
            }
        }
        return standing;
    }

    private async Task<bool> IsCoolingDownAsync(
        MemberPair pair,
        Side inviter,
        CancellationToken cancellationToken
    )
    {
        var relationship = await store.GetAsync(pair, cancellationToken).ConfigureAwait(false);
        return relationship.BarredUntil(inviter) > time.GetUtcNow();
    }
}
