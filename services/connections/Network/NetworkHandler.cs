using Platform.Common.V1;
using Platform.Connections.Network.Graph;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Network;

/// <summary>Answers questions about the network around a member.</summary>
public sealed class NetworkHandler(NetworkSight sight, KeptViews kept)
{
    // so many paths are looked at together, so that their members' settings are one read
    private const int PathsAtOnce = 256;

    /// <summary>How far each of some members is, in their order.</summary>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<IReadOnlyList<NetworkDegree>>> GetDegreesAsync(
        NetworkQuery query,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        return viewer.Answer<IReadOnlyList<NetworkDegree>>(
            FindDegrees(viewer, others, viewer.FindAll(others))
        );
    }

    /// <summary>
    /// <see cref="GetDegreesAsync"/> and <see cref="CountMutualsAsync"/>, or one of the two, with one look for both; what is not
    /// asked for is empty.
    /// </summary>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<NetworkStandings>> GetStandingsAsync(
        NetworkQuery query,
        IReadOnlyList<string> others,
        bool includeDegrees,
        bool includeMutualCounts,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        var ids = viewer.FindAll(others);
        return viewer.Answer(
            new NetworkStandings(
                includeDegrees ? FindDegrees(viewer, others, ids) : [],
                includeMutualCounts
                    ? await CountSeenAsync(viewer, ids, cancellationToken).ConfigureAwait(false)
                    : []
            )
        );
    }

    /// <summary>How far a member is.</summary>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<NetworkDegree>> GetDegreeAsync(
        NetworkQuery query,
        string other,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        return viewer.Answer(
            DegreeOf(viewer, other, viewer.Graph.Distance(viewer.Id, viewer.Find(other)))
        );
    }

    /// <summary>The connections that the viewer shares with another and may know of, in the order of their ids.</summary>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.SameMember"/>; see <see cref="NetworkIndex.AtLeastAsync"/>.
    /// </exception>
    public async Task<NetworkAnswer<IReadOnlyList<string>>> ListMutualAsync(
        NetworkQuery query,
        string other,
        string after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        RefuseSelf(query.Viewer, other);
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        var mutual = await FindMutualAsync(viewer, other, cancellationToken).ConfigureAwait(false);
        mutual.Sort(viewer.Graph.CompareNames);
        return viewer.Answer<IReadOnlyList<string>>([
            .. mutual
                .Select(viewer.Graph.NameOf)
                .SkipWhile(id => string.CompareOrdinal(id, after) <= 0)
                .Take(limit),
        ]);
    }

    /// <summary>How many <see cref="ListMutualAsync"/> would list without a limit.</summary>
    /// <exception cref="DomainException">As <see cref="ListMutualAsync"/>.</exception>
    public async Task<NetworkAnswer<int>> CountMutualAsync(
        NetworkQuery query,
        string other,
        CancellationToken cancellationToken
    )
    {
        RefuseSelf(query.Viewer, other);
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        var mutual = await FindMutualAsync(viewer, other, cancellationToken).ConfigureAwait(false);
        return viewer.Answer(mutual.Count);
    }

    /// <summary><see cref="CountMutualAsync"/> with each of some members, in their order; the viewer itself counts 0.</summary>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<IReadOnlyList<int>>> CountMutualsAsync(
        NetworkQuery query,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        return viewer.Answer<IReadOnlyList<int>>(
            await CountSeenAsync(viewer, viewer.FindAll(others), cancellationToken)
                .ConfigureAwait(false)
        );
    }

    /// <summary>Members two connections away, those with the most mutual connections first; of equals by id.</summary>
    /// <param name="query">Who asks.</param>
    /// <param name="minMutualCount">Only members with at least so many mutual connections.</param>
    /// <param name="after">Where the page before ended, and its revision; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<SecondDegreePage>> ListSecondDegreeAsync(
        NetworkQuery query,
        int minMutualCount,
        (long Revision, SecondDegreePosition Position)? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight
            .LookAsync(query, after?.Revision, cancellationToken)
            .ConfigureAwait(false);
        var showing = await FindConnectorsAsync(viewer, cancellationToken).ConfigureAwait(false);
        var found = FindSecondDegree(viewer, showing, minMutualCount);
        // one more than asked for tells whether there is a next page
        var page = found.ListByMutualCount(after?.Position, limit + 1);
        if (page.Count > limit)
        {
            kept.Keep(viewer.Graph);
        }
        return viewer.Answer(
            new SecondDegreePage(
                [.. page.Take(limit).Select(member => ToEntry(viewer, showing, member))],
                page.Count > limit,
                found.Count
            )
        );
    }

    /// <summary>All members two connections away, by id, in chunks of one moment; always at least one chunk.</summary>
    /// <param name="query">Who asks.</param>
    /// <param name="after">Where a stream before ended, and its revision; null to begin.</param>
    /// <param name="chunkSize">How many a chunk at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<IEnumerable<SecondDegreePage>>> StreamSecondDegreeAsync(
        NetworkQuery query,
        (long Revision, string MemberId)? after,
        int chunkSize,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight
            .LookAsync(query, after?.Revision, cancellationToken)
            .ConfigureAwait(false);
        var showing = await FindConnectorsAsync(viewer, cancellationToken).ConfigureAwait(false);
        var found = FindSecondDegree(viewer, showing, minMutualCount: 1);
        kept.Keep(viewer.Graph);
        return viewer.Answer(Chunks(viewer, showing, found, after?.MemberId, chunkSize));
    }

    /// <summary>The shortest ways to another member, through members who let it be seen.</summary>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.SameMember"/>; see <see cref="NetworkIndex.AtLeastAsync"/>.
    /// </exception>
    public async Task<NetworkAnswer<NetworkPaths>> FindPathsAsync(
        NetworkQuery query,
        string other,
        int maxPaths,
        CancellationToken cancellationToken
    )
    {
        RefuseSelf(query.Viewer, other);
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        var graph = viewer.Graph;
        var to = viewer.Find(other);
        var isThrough = new Dictionary<int, bool>();
        var found = new List<IReadOnlyList<int>>();
        var ways = graph.ShortestPaths(
            viewer.Id,
            to,
            through: id => !viewer.Blocked.Contains(id) && isThrough.GetValueOrDefault(id, true)
        );
        foreach (var chunk in ways.Chunk(PathsAtOnce))
        {
            var unknown = chunk
                .SelectMany(Between)
                .Distinct()
                .Where(id => !isThrough.ContainsKey(id))
                .ToList();
            var showing = await sight
                .FindShowingAsync(viewer, unknown, cancellationToken)
                .ConfigureAwait(false);
            foreach (var id in unknown)
            {
                isThrough.Add(id, showing.Contains(id));
            }
            found.AddRange(chunk.Where(path => Between(path).All(id => isThrough[id])));
            if (found.Count > maxPaths)
            {
                break;
            }
        }
        return viewer.Answer(
            new NetworkPaths(
                DegreeOf(viewer, other, graph.Distance(viewer.Id, to)),
                [
                    .. found
                        .Take(maxPaths)
                        .Select(path => (IReadOnlyList<string>)[.. path.Select(graph.NameOf)]),
                ],
                found.Count <= maxPaths
            )
        );
    }

    /// <summary>The sizes of the viewer's network; the second degree is that of <see cref="ListSecondDegreeAsync"/>.</summary>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    public async Task<NetworkAnswer<NetworkStats>> GetStatsAsync(
        NetworkQuery query,
        CancellationToken cancellationToken
    )
    {
        var viewer = await sight.LookAsync(query, null, cancellationToken).ConfigureAwait(false);
        var showing = await FindConnectorsAsync(viewer, cancellationToken).ConfigureAwait(false);
        return viewer.Answer(
            new NetworkStats(
                viewer.Graph.DegreeOf(viewer.Id),
                viewer.Blocked.Count == 0
                    ? viewer.Graph.CountSecondDegree(viewer.Id, showing.Contains)
                    : FindSecondDegree(viewer, showing, minMutualCount: 1).Count,
                viewer.Graph.ConnectedMembers
            )
        );
    }

    private static NetworkDegree[] FindDegrees(
        ViewerGraph viewer,
        IReadOnlyList<string> others,
        int[] ids
    )
    {
        var distances = new byte[ids.Length];
        viewer.Graph.Distances(viewer.Id, ids, distances);
        var degrees = new NetworkDegree[ids.Length];
        for (var at = 0; at < degrees.Length; at++)
        {
            degrees[at] = DegreeOf(viewer, others[at], distances[at]);
        }
        return degrees;
    }

    private async Task<int[]> CountSeenAsync(
        ViewerGraph viewer,
        int[] ids,
        CancellationToken cancellationToken
    )
    {
        var counts = new int[ids.Length];
        viewer.Graph.CountMutuals(viewer.Id, ids, counts);
        var shown = await sight
            .FindShowingAsync(
                viewer,
                ids.Where((id, at) => counts[at] > 0 && !viewer.IsConnection(id)).Distinct(),
                cancellationToken
            )
            .ConfigureAwait(false);
        for (var at = 0; at < counts.Length; at++)
        {
            if (ids[at] == viewer.Id || !(viewer.IsConnection(ids[at]) || shown.Contains(ids[at])))
            {
                counts[at] = 0;
            }
        }
        return counts;
    }

    private static IEnumerable<int> Between(IReadOnlyList<int> path) =>
        path.Skip(1).Take(path.Count - 2);

    private static NetworkDegree DegreeOf(ViewerGraph viewer, string other, int distance) =>
        string.Equals(viewer.Viewer, other, StringComparison.Ordinal)
            ? NetworkDegree.Self
            : distance switch
            {
                1 => NetworkDegree.First,
                2 => NetworkDegree.Second,
                3 => NetworkDegree.Third,
                _ => NetworkDegree.OutOfNetwork,
            };

    private static void RefuseSelf(string viewer, string other)
    {
        if (string.Equals(viewer, other, StringComparison.Ordinal))
        {
            throw new DomainException(
                ErrorReason.SameMember,
                "The question is about another member."
            );
        }
    }

    private static SecondDegree FindSecondDegree(
        ViewerGraph viewer,
        HashSet<int> showing,
        int minMutualCount
    ) =>
        viewer.Graph.FindSecondDegree(
            viewer.Id,
            showing.Contains,
            viewer.Blocked.Count == 0 ? null : id => !viewer.Blocked.Contains(id),
            minMutualCount
        );

    private static SecondDegreeEntry ToEntry(
        ViewerGraph viewer,
        HashSet<int> showing,
        SecondDegreeMember member
    ) =>
        new(
            viewer.Graph.NameOf(member.Id),
            member.MutualCount,
            viewer.Samples(viewer.ConnectorsTo(member.Id, showing))
        );

    private static IEnumerable<SecondDegreePage> Chunks(
        ViewerGraph viewer,
        HashSet<int> showing,
        SecondDegree found,
        string? after,
        int chunkSize
    )
    {
        while (true)
        {
            var chunk = found.ListByMember(after, chunkSize + 1).ToArray();
            var page = new SecondDegreePage(
                [.. chunk.Take(chunkSize).Select(member => ToEntry(viewer, showing, member))],
                chunk.Length > chunkSize,
                found.Count
            );
            yield return page;
            if (!page.HasMore)
            {
                yield break;
            }
            after = page.Members[^1].MemberId;
        }
    }

    /// <summary>The viewer's connections through whom the viewer may see further.</summary>
    private Task<HashSet<int>> FindConnectorsAsync(
        ViewerGraph viewer,
        CancellationToken cancellationToken
    ) =>
        sight.FindShowingAsync(
            viewer,
            viewer.Graph.ConnectionsOf(viewer.Id).ToArray(),
            cancellationToken
        );

    private async Task<List<int>> FindMutualAsync(
        ViewerGraph viewer,
        string other,
        CancellationToken cancellationToken
    )
    {
        var mutual = new List<int>();
        var id = viewer.Find(other);
        viewer.Graph.Mutual(viewer.Id, id, mutual);
        if (
            mutual.Count > 0
            && !viewer.IsConnection(id)
            && (
                await sight.FindShowingAsync(viewer, [id], cancellationToken).ConfigureAwait(false)
            ).Count == 0
        )
        {
            mutual.Clear();
        }
        return mutual;
    }
}
