using Platform.Common.V1;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Connections;

/// <summary>
/// What a member sees of another's list of connections. docs/visibility.md says who sees what; a list and its count
/// are one view, so they agree.
/// </summary>
public sealed class ConnectionLists(IConnectionStore store, IMemberStore members)
{
    // as many statuses as one read takes
    private const int ReadAtOnce = 1000;

    // no id is empty, so nobody has this list
    private const string Nobody = "";

    /// <summary>A page of what the viewer sees of the list.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.ListHidden"/>, <see cref="ErrorReason.MemberDeleted"/>.</exception>
    public async Task<IReadOnlyList<ListEntry>> ListAsync(
        string viewer,
        ListQuery query,
        CancellationToken cancellationToken
    )
    {
        query = query with
        {
            Member = await FindAsync(viewer, query.Member, cancellationToken).ConfigureAwait(false),
        };
        if (
            IsOwn(viewer, query.Member)
            || !await HasBlocksAsync(viewer, cancellationToken).ConfigureAwait(false)
        )
        {
            return await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
        }
        // who is blocked either way is left out; the page is filled up with those who follow
        var seen = new List<ListEntry>();
        var next = query;
        while (true)
        {
            var page = await store.ListAsync(next, cancellationToken).ConfigureAwait(false);
            var statuses = await store
                .GetStatusesAsync(
                    viewer,
                    [.. page.Select(entry => entry.OtherId)],
                    cancellationToken
                )
                .ConfigureAwait(false);
            seen.AddRange(page.Where((_, index) => statuses[index].BlockedBy == Side.None));
            if (page.Count < next.Limit || seen.Count >= query.Limit)
            {
                return [.. seen.Take(query.Limit)];
            }
            next = next with { After = page[^1].Position };
        }
    }

    /// <summary>How many entries <see cref="ListAsync"/> would list without a limit, and for the owner the version of the list.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.ListHidden"/>, <see cref="ErrorReason.MemberDeleted"/>.</exception>
    public async Task<(long Count, long Version)> CountAsync(
        string viewer,
        string owner,
        CancellationToken cancellationToken
    )
    {
        owner = await FindAsync(viewer, owner, cancellationToken).ConfigureAwait(false);
        var state = await store
            .ReadConnectionsStateAsync(owner, cancellationToken)
            .ConfigureAwait(false);
        if (IsOwn(viewer, owner))
        {
            return (state.Count, state.Version);
        }
        var count = state.Count;
        // of the viewer's blocks there are few, of the owner's connections there may be many
        foreach (var list in new[] { RelationshipList.Blocked, RelationshipList.BlockedBy })
        {
            count -= await CountAmongAsync(viewer, list, owner, cancellationToken)
                .ConfigureAwait(false);
        }
        return (Math.Max(0, count), 0);
    }

    private static bool IsOwn(string viewer, string owner) =>
        string.Equals(viewer, owner, StringComparison.Ordinal);

    /// <summary>
    /// Whose list the viewer is to be shown: nobody's when a block stands between the two or the owner is erased. Then it
    /// is like that of a member who never was here, and is read in the same steps, so that the time it takes tells nothing.
    /// </summary>
    private async Task<string> FindAsync(
        string viewer,
        string owner,
        CancellationToken cancellationToken
    )
    {
        var records = await members
            .GetManyAsync([viewer, owner], cancellationToken)
            .ConfigureAwait(false);
        if (records[0].IsErased)
        {
            throw new DomainException(
                ErrorReason.MemberDeleted,
                "The member is being erased, or has been."
            );
        }
        if (IsOwn(viewer, owner))
        {
            return owner;
        }
        var status = await store
            .GetStatusAsync(MemberPair.Of(viewer, owner), cancellationToken)
            .ConfigureAwait(false);
        if (records[1].IsErased || status.BlockedBy != Side.None)
        {
            return Nobody;
        }
        return records[1].Settings.ListVisibility switch
        {
            ListVisibility.Everyone => owner,
            ListVisibility.Connections when status.State == RelationshipState.Connected => owner,
            _ => throw new DomainException(
                ErrorReason.ListHidden,
                "The owner does not show this list to the caller."
            ),
        };
    }

    private async Task<bool> HasBlocksAsync(string viewer, CancellationToken cancellationToken)
    {
        foreach (var list in new[] { RelationshipList.Blocked, RelationshipList.BlockedBy })
        {
            var first = await store
                .ListAsync(new ListQuery(viewer, list, 1), cancellationToken)
                .ConfigureAwait(false);
            if (first.Count > 0)
            {
                return true;
            }
        }
        return false;
    }

    private async Task<long> CountAmongAsync(
        string viewer,
        RelationshipList list,
        string owner,
        CancellationToken cancellationToken
    )
    {
        long count = 0;
        var query = new ListQuery(viewer, list, ReadAtOnce);
        while (true)
        {
            var page = await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
            if (page.Count > 0)
            {
                var statuses = await store
                    .GetStatusesAsync(
                        owner,
                        [.. page.Select(entry => entry.OtherId)],
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                count += statuses.Count(status => status.State == RelationshipState.Connected);
            }
            if (page.Count < ReadAtOnce)
            {
                return count;
            }
            query = query with { After = page[^1].Position };
        }
    }
}
