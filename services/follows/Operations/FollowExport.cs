using System.Runtime.CompilerServices;
using Platform.Follows.Entities;
using Platform.Follows.Storage;

namespace Platform.Follows.Operations;

/// <summary>Walks over all follows, in the order of <see cref="FollowPosition"/>.</summary>
public sealed class FollowExport(IFollowStore store)
{
    // so many members are read at once; they still come in their order
    private const int ReadAhead = 32;

    /// <summary>All follows after a place.</summary>
    public async IAsyncEnumerable<(FollowPair Pair, DateTimeOffset? Since)> ReadAsync(
        FollowPosition? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var first = after is null ? 0 : FollowKeys.BucketOf(after.Follower);
        for (var bucket = first; bucket < FollowKeys.Buckets; bucket++)
        {
            var members = await store.ListMembersAsync(bucket, cancellationToken);
            if (after is not null && bucket == first)
            {
                members =
                [
                    .. members.Where(member => string.CompareOrdinal(member, after.Follower) >= 0),
                ];
            }
            foreach (var some in members.Chunk(ReadAhead))
            {
                var follows = await Task.WhenAll(
                    some.Select(member => ReadMemberAsync(member, cancellationToken))
                );
                foreach (var follow in follows.SelectMany(list => list))
                {
                    if (IsAfter(after, follow.Pair))
                    {
                        yield return follow;
                    }
                }
            }
        }
    }

    private static bool IsAfter(FollowPosition? after, FollowPair pair) =>
        after is null
        || pair.Follower != after.Follower
        || after.IsBefore(pair.Entity.Kind, pair.Entity.Id);

    private async Task<List<(FollowPair Pair, DateTimeOffset? Since)>> ReadMemberAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var follows = new List<(FollowPair, DateTimeOffset?)>();
        var counts = await store.CountFollowingAsync(member, cancellationToken);
        foreach (var (kind, count) in counts.OrderBy(pair => pair.Key))
        {
            if (count == 0)
            {
                continue;
            }
            foreach (var entry in await store.ReadFollowingAsync(member, kind, cancellationToken))
            {
                follows.Add((new FollowPair(member, new Followable(kind, entry.Id)), entry.Since));
            }
        }
        return follows;
    }
}
