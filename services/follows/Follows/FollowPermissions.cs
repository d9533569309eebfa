using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>What entities themselves allow: their settings, and whether they are there. Blocks and limits are not asked here.</summary>
public sealed class FollowPermissions(IMemberStore members, IConnectionCheck connections)
{
    /// <summary>
    /// Why a member may not follow each of the entities, in their order; null where it may. An answer of connections that does not
    /// come in time is a refusal of those entities that it was needed for.
    /// </summary>
    /// <exception cref="DomainException">The store's.</exception>
    public async Task<IReadOnlyList<DomainException?>> RefusalsAsync(
        string follower,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    )
    {
        var refusals = new DomainException?[entities.Count];
        // only members decide anything
        int[] indexes =
        [
            .. Enumerable
                .Range(0, entities.Count)
                .Where(index => entities[index].Kind == FollowKind.Member),
        ];
        if (indexes.Length == 0)
        {
            return refusals;
        }
        var states = await members.GetAsync(
            [.. indexes.Select(index => entities[index].Id)],
            cancellationToken
        );
        var asked = new List<int>();
        for (var at = 0; at < indexes.Length; at++)
        {
            var state = states[at];
            if (state.IsDeleted || state.Audience == FollowAudience.Nobody)
            {
                refusals[indexes[at]] = NotFollowable();
            }
            else if (state.Audience == FollowAudience.Connections)
            {
                asked.Add(indexes[at]);
            }
        }
        if (asked.Count > 0)
        {
            await AskAsync(follower, entities, asked, refusals, cancellationToken);
        }
        return refusals;
    }

    /// <summary>One answer for a block, a setting and an absence.</summary>
    public static DomainException NotFollowable() =>
        new(ErrorReason.NotFollowable, "This entity cannot be followed.");

    private async Task AskAsync(
        string follower,
        IReadOnlyList<Followable> entities,
        List<int> asked,
        DomainException?[] refusals,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var connected = await connections.WhichConnectedAsync(
                follower,
                [.. asked.Select(index => entities[index].Id).Distinct(StringComparer.Ordinal)],
                cancellationToken
            );
            foreach (var index in asked.Where(index => !connected.Contains(entities[index].Id)))
            {
                refusals[index] = NotFollowable();
            }
        }
        catch (DomainException exception)
            when (exception.Reason == ErrorReason.DependencyUnavailable)
        {
            // no answer is no yes
            foreach (var index in asked)
            {
                refusals[index] = exception;
            }
        }
    }
}
