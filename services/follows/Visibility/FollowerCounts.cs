using Platform.Follows.Entities;
using Platform.Follows.Storage;

namespace Platform.Follows.Visibility;

/// <summary>How many follow, as far as the viewer may know; docs/follows-visibility.md has the table.</summary>
public sealed class FollowerCounts(IFollowStore store, IMemberStore members)
{
    /// <summary>The counts of followers of entities, in their order; null where the owner hides it from the viewer.</summary>
    /// <param name="viewer">Who looks; empty for a service that looks for itself and sees all.</param>
    public async Task<IReadOnlyList<long?>> ReadAsync(
        string viewer,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    )
    {
        // the same is read whether it is shown or not: the time of an answer tells nothing
        var counting = store.CountFollowersAsync(entities, cancellationToken);
        if (viewer.Length == 0)
        {
            return [.. (await counting).Select(count => (long?)count)];
        }
        string[] owners =
        [
            .. entities
                .Where(entity => entity.Kind == FollowKind.Member)
                .Select(entity => entity.Id),
        ];
        var statesTask = members.GetAsync(owners, cancellationToken);
        var blocked = await members.AreBlockedAsync(viewer, owners, cancellationToken);
        var states = await statesTask;
        var counts = await counting;
        var shown = new long?[entities.Count];
        var owner = 0;
        for (var index = 0; index < shown.Length; index++)
        {
            shown[index] = counts[index];
            if (entities[index].Kind == FollowKind.Member)
            {
                shown[index] = Shown(
                    counts[index],
                    states[owner],
                    isOwner: string.Equals(viewer, owners[owner], StringComparison.Ordinal),
                    blocked[owner]
                );
                owner++;
            }
        }
        return shown;
    }

    /// <summary>A block looks like absence: as if the member had been erased, with no follower and no setting.</summary>
    private static long? Shown(long count, MemberState state, bool isOwner, bool isBlocked) =>
        isOwner ? count
        : isBlocked ? 0
        : state.CountVisibility == FollowerCountVisibility.Everyone ? count
        : null;
}
