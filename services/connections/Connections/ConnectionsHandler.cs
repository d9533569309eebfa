using System.Runtime.CompilerServices;
using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.Telemetry;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Connections;

/// <summary>Decides on connections.</summary>
public sealed class ConnectionsHandler(
    IConnectionStore store,
    ConnectionLists lists,
    RelationshipUpdater updater,
    ConnectionMetrics metrics
)
{
    /// <summary>What stands between two members.</summary>
    public async ValueTask<ConnectionCheckResult> CheckAsync(
        string viewer,
        string other,
        CancellationToken cancellationToken
    )
    {
        var result = string.Equals(viewer, other, StringComparison.Ordinal)
            ? ConnectionCheckResult.Self
            : ConnectionCheckResult.Of(
                viewer,
                other,
                await store
                    .GetStatusAsync(MemberPair.Of(viewer, other), cancellationToken)
                    .ConfigureAwait(false)
            );
        metrics.Checked(result.Standing);
        return result;
    }

    /// <summary>What stands between a member and each of others, in their order, from one consistent read.</summary>
    public async Task<IReadOnlyList<ConnectionCheckResult>> CheckAsync(
        string viewer,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var statuses = await store
            .GetStatusesAsync(viewer, others, cancellationToken)
            .ConfigureAwait(false);
        var results = new ConnectionCheckResult[others.Count];
        for (var index = 0; index < results.Length; index++)
        {
            results[index] = string.Equals(viewer, others[index], StringComparison.Ordinal)
                ? ConnectionCheckResult.Self
                : ConnectionCheckResult.Of(viewer, others[index], statuses[index]);
        }
        metrics.Checked(results);
        return results;
    }

    /// <summary>What stands between the two of each pair, from the point of view of its first, in their order.</summary>
    public async Task<IReadOnlyList<ConnectionCheckResult>> CheckAsync(
        IReadOnlyList<(string Viewer, string Other)> pairs,
        CancellationToken cancellationToken
    )
    {
        var statuses = await store
            .GetStatusesAsync(
                [.. pairs.Where(IsPair).Select(pair => MemberPair.Of(pair.Viewer, pair.Other))],
                cancellationToken
            )
            .ConfigureAwait(false);
        var results = new ConnectionCheckResult[pairs.Count];
        var next = 0;
        for (var index = 0; index < results.Length; index++)
        {
            var (viewer, other) = pairs[index];
            results[index] = IsPair(pairs[index])
                ? ConnectionCheckResult.Of(viewer, other, statuses[next++])
                : ConnectionCheckResult.Self;
        }
        metrics.Checked(results);
        return results;

        static bool IsPair((string Viewer, string Other) pair) =>
            !string.Equals(pair.Viewer, pair.Other, StringComparison.Ordinal);
    }

    /// <summary>A page of a member's connections, as the viewer sees them.</summary>
    /// <exception cref="DomainException">See <c>ConnectionsService.ListConnections</c>.</exception>
    public Task<IReadOnlyList<ListEntry>> ListAsync(
        string viewer,
        ListQuery query,
        CancellationToken cancellationToken
    ) => lists.ListAsync(viewer, query, cancellationToken);

    /// <summary>How many connections of a member the viewer sees, and the version of the viewer's own.</summary>
    /// <exception cref="DomainException">See <c>ConnectionsService.CountConnections</c>.</exception>
    public Task<(long Count, long Version)> CountAsync(
        string viewer,
        string owner,
        CancellationToken cancellationToken
    ) => lists.CountAsync(viewer, owner, cancellationToken);

    /// <summary>Ends a connection.</summary>
    /// <exception cref="DomainException">See <c>ConnectionsService.RemoveConnection</c>.</exception>
    public Task<RelationshipAnswer> RemoveAsync(
        string actor,
        string other,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        if (string.Equals(actor, other, StringComparison.Ordinal))
        {
            throw new DomainException(ErrorReason.SameMember, "Nobody is connected to themselves.");
        }
        return updater.UpdateAsync(
            MemberPair.Of(actor, other),
            relationship =>
                relationship.Remove(new RelationshipCommand(actor, updater.Now, request)),
            cancellationToken
        );
    }

    /// <summary>
    /// All connections of a member, newest first, in chunks; always at least one chunk, and only the last one is not full. Each is
    /// read when it is asked for, so a slow reader holds nothing open.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<ListEntry>> StreamAsync(
        string owner,
        ListPosition? after,
        int chunkSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var position = after;
        while (true)
        {
            var chunk = await store
                .ListAsync(
                    new ListQuery(owner, RelationshipList.Connections, chunkSize)
                    {
                        After = position,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            yield return chunk;
            if (chunk.Count < chunkSize)
            {
                yield break;
            }
            position = chunk[^1].Position;
        }
    }
}
