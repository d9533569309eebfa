using Platform.Feed.Posts;

namespace Platform.Feed.Timelines;

/// <summary>A home timeline as it is stored.</summary>
/// <param name="Entries">In the order of delivery, which is roughly from new to old, doubles included.</param>
/// <param name="Mark">Null until it was built completely.</param>
/// <param name="Version">Opaque; changes with every change of the entries.</param>
public sealed record Timeline(IReadOnlyList<PostId> Entries, TimelineMark? Mark, string Version)
{
    // two that ask at once work it out twice
    private volatile IReadOnlyList<PostId>? _newest;

    /// <summary>The entries newest first, each once.</summary>
    public IReadOnlyList<PostId> Newest() => _newest ??= FindNewest();

    private ArraySegment<PostId> FindNewest()
    {
        var ids = new PostId[Entries.Count];
        for (var index = 0; index < ids.Length; index++)
        {
            ids[index] = Entries[index];
        }
        if (!IsNewestFirst(ids))
        {
            Array.Sort(ids, static (left, right) => right.CompareTo(left));
        }
        var kept = 0;
        for (var index = 0; index < ids.Length; index++)
        {
            if (kept == 0 || ids[index] != ids[kept - 1])
            {
                ids[kept++] = ids[index];
            }
        }
        return new ArraySegment<PostId>(ids, 0, kept);
    }

    // posts are mostly delivered in their order, and looking costs a tenth of sorting
    private static bool IsNewestFirst(ReadOnlySpan<PostId> ids)
    {
        for (var index = 1; index < ids.Length; index++)
        {
            if (ids[index] > ids[index - 1])
            {
                return false;
            }
        }
        return true;
    }
}
