using Platform.Connections.Members;
using Platform.Connections.Network.Graph;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Network;

/// <summary>
/// What a member is to see of the graph. Blocks and settings count for every call that starts after they were acknowledged, so
/// they are read from the store, not from the index. docs/visibility.md says what they do.
/// </summary>
public sealed class NetworkSight(
    IConnectionStore store,
    IMemberStore members,
    NetworkIndex index,
    KeptViews kept
)
{
    // as many as one read takes
    private const int ReadAtOnce = 1000;

    /// <summary>The graph as the viewer sees it.</summary>
    /// <param name="query">Who asks.</param>
    /// <param name="pageRevision">The revision that the page before was of, to be gone on with if it is kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <see cref="NetworkIndex.AtLeastAsync"/>.</exception>
    internal async Task<ViewerGraph> LookAsync(
        NetworkQuery query,
        long? pageRevision,
        CancellationToken cancellationToken
    )
    {
        var graph = await index
            .AtLeastAsync(query.AtLeastRevision, query.Deadline, cancellationToken)
            .ConfigureAwait(false);
        var blocked = await ReadBlockedAsync(query.Viewer, cancellationToken).ConfigureAwait(false);
        // who blocks ends the connection: an index that still holds it has not heard of the block yet
        while (blocked.Exists(other => AreConnected(graph, query.Viewer, other)))
        {
            graph = await index.NextAsync(query.Deadline, cancellationToken).ConfigureAwait(false);
        }
        if (
            pageRevision is { } revision
            && kept.Find(revision) is { } page
            && !blocked.Exists(other => AreConnected(page, query.Viewer, other))
        )
        {
            graph = page;
        }
        var ids = blocked.Select(graph.Find).ToHashSet();
        // that of everybody unknown
        ids.Remove(-1);
        return new ViewerGraph(query.Viewer, graph, ids);
    }

    /// <summary>
    /// Of some members, those who show their list of connections to the viewer: everyone's that is for everyone, and of the
    /// viewer's connections also those that are for connections.
    /// </summary>
    internal async Task<HashSet<int>> FindShowingAsync(
        ViewerGraph viewer,
        IEnumerable<int> ids,
        CancellationToken cancellationToken
    )
    {
        var showing = new HashSet<int>();
        foreach (var chunk in ids.Chunk(ReadAtOnce))
        {
            var records = await members
                .GetManyAsync([.. chunk.Select(viewer.Graph.NameOf)], cancellationToken)
                .ConfigureAwait(false);
            for (var at = 0; at < chunk.Length; at++)
            {
                if (Shows(records[at], viewer.IsConnection(chunk[at])))
                {
                    showing.Add(chunk[at]);
                }
            }
        }
        return showing;
    }

    private static bool Shows(MemberRecord owner, bool isConnection) =>
        !owner.IsErased
        && (
            owner.Settings.ListVisibility == ListVisibility.Everyone
            || (isConnection && owner.Settings.ListVisibility == ListVisibility.Connections)
        );

    private static bool AreConnected(GraphView graph, string one, string other)
    {
        var (low, high) = (graph.Find(one), graph.Find(other));
        return low >= 0 && high >= 0 && graph.ConnectionsOf(low).BinarySearch(high) >= 0;
    }

    private async Task<List<string>> ReadBlockedAsync(
        string viewer,
        CancellationToken cancellationToken
    )
    {
        var lists = await Task.WhenAll(
                ReadListAsync(viewer, RelationshipList.Blocked, cancellationToken),
                ReadListAsync(viewer, RelationshipList.BlockedBy, cancellationToken)
            )
            .ConfigureAwait(false);
        return [.. lists[0], .. lists[1]];
    }

    private async Task<List<string>> ReadListAsync(
        string member,
        RelationshipList list,
        CancellationToken cancellationToken
    )
    {
        var others = new List<string>();
        var query = new ListQuery(member, list, ReadAtOnce);
        while (true)
        {
            var page = await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
            others.AddRange(page.Select(entry => entry.OtherId));
            if (page.Count < ReadAtOnce)
            {
                return others;
            }
            query = query with { After = page[^1].Position };
        }
    }
}
