namespace Platform.Connections.Network.Graph;

/// <summary>
/// The lists of <see cref="Size"/> members with successive ids: all of them one behind the other in flat arrays, and over
/// them the lists that changed since, each in arrays of its own. Immutable; a change makes a new block that shares the flat
/// arrays. When what lies over them has become large beside them, the change merges the two, so that the work of merging
/// and the memory of the overlay stay in proportion to what changed, and no change ever waits for more than one block.
/// </summary>
internal sealed class GraphBlock
{
    /// <summary>How many bits of an id tell the member within its block.</summary>
    public const int Bits = 10;

    /// <summary>Members a block.</summary>
    public const int Size = 1 << Bits;

    private const int Mask = Size - 1;

    // what a list of its own takes beside its lines, in lines: object headers, the pointer to it
    private const int ListOverhead = 16;

    // below it merging costs more than it frees
    private const int MinOverlay = 1024;

    private readonly int[] _starts;
    private readonly int[] _others;
    private readonly ushort[] _days;
    private readonly ChangedList?[]? _changed;
    private readonly int _overlay;

    private GraphBlock(
        int[] starts,
        int[] others,
        ushort[] days,
        ChangedList?[]? changed,
        int overlay
    )
    {
        _starts = starts;
        _others = others;
        _days = days;
        _changed = changed;
        _overlay = overlay;
    }

    /// <summary>The block of members without connections.</summary>
    public static GraphBlock Empty { get; } = new(new int[Size + 1], [], [], null, 0);

    /// <summary>Whether there is nothing to merge.</summary>
    public bool IsCompact => _changed is null;

    /// <summary>A block of flat arrays.</summary>
    /// <param name="starts">Where each member's list begins, and behind the last where it ends: <see cref="Size"/> + 1.</param>
    /// <param name="others">The ids in the lists, each list ascending.</param>
    /// <param name="days">Since when, for each of <paramref name="others"/>.</param>
    public static GraphBlock Of(int[] starts, int[] others, ushort[] days) =>
        new(starts, others, days, null, 0);

    /// <summary>The connections of a member of this block, ascending.</summary>
    public ReadOnlySpan<int> Others(int member)
    {
        var local = member & Mask;
        if (_changed is { } changed && changed[local] is { } list)
        {
            return list.Others;
        }
        var start = _starts[local];
        return _others.AsSpan(start, _starts[local + 1] - start);
    }

    /// <summary>Since when, for each of <see cref="Others"/>.</summary>
    public ReadOnlySpan<ushort> Days(int member)
    {
        var local = member & Mask;
        if (_changed is { } changed && changed[local] is { } list)
        {
            return list.Days;
        }
        var start = _starts[local];
        return _days.AsSpan(start, _starts[local + 1] - start);
    }

    /// <summary>This block after changes.</summary>
    /// <param name="changes">Of members of this block, in order.</param>
    /// <param name="totals">Kept up to date.</param>
    public GraphBlock With(ReadOnlySpan<HalfEdge> changes, ref GraphTotals totals)
    {
        var changed = _changed is null ? new ChangedList?[Size] : [.. _changed];
        var overlay = _overlay;
        while (!changes.IsEmpty)
        {
            var member = changes[0].Member;
            var count = 1;
            while (count < changes.Length && changes[count].Member == member)
            {
                count++;
            }
            var before = Others(member);
            var list = ChangedList.Merge(before, Days(member), changes[..count]);
            ref var slot = ref changed[member & Mask];
            overlay += list.Others.Length + ListOverhead;
            overlay -= slot is null ? 0 : slot.Others.Length + ListOverhead;
            slot = list;
            totals.HalfEdges += list.Others.Length - before.Length;
            totals.ConnectedMembers += (before.IsEmpty ? 0 : -1) + (list.Others.Length > 0 ? 1 : 0);
            changes = changes[count..];
        }
        var next = new GraphBlock(_starts, _others, _days, changed, overlay);
        return overlay > Math.Max(MinOverlay, _others.Length / 4) ? next.Compact() : next;
    }

    /// <summary>The same lists, all in the flat arrays.</summary>
    public GraphBlock Compact()
    {
        if (_changed is null)
        {
            return this;
        }
        var starts = new int[Size + 1];
        for (var local = 0; local < Size; local++)
        {
            starts[local + 1] = starts[local] + Others(local).Length;
        }
        var others = GC.AllocateUninitializedArray<int>(starts[Size]);
        var days = GC.AllocateUninitializedArray<ushort>(starts[Size]);
        for (var local = 0; local < Size; local++)
        {
            Others(local).CopyTo(others.AsSpan(starts[local]));
            Days(local).CopyTo(days.AsSpan(starts[local]));
        }
        return Of(starts, others, days);
    }

    private sealed record ChangedList(int[] Others, ushort[] Days)
    {
        public static ChangedList Merge(
            ReadOnlySpan<int> others,
            ReadOnlySpan<ushort> days,
            ReadOnlySpan<HalfEdge> changes
        )
        {
            var mergedOthers = new int[others.Length + changes.Length];
            var mergedDays = new ushort[mergedOthers.Length];
            int read = 0,
                written = 0;
            for (var index = 0; index < changes.Length; index++)
            {
                ref readonly var change = ref changes[index];
                if (index + 1 < changes.Length && changes[index + 1].Other == change.Other)
                {
                    continue;
                }
                var before = others[read..].BinarySearch(change.Other);
                var kept = before < 0 ? ~before : before;
                others.Slice(read, kept).CopyTo(mergedOthers.AsSpan(written));
                days.Slice(read, kept).CopyTo(mergedDays.AsSpan(written));
                written += kept;
                read += before < 0 ? kept : kept + 1;
                if (change.Connected)
                {
                    mergedOthers[written] = change.Other;
                    mergedDays[written++] = change.Day;
                }
            }
            others[read..].CopyTo(mergedOthers.AsSpan(written));
            days[read..].CopyTo(mergedDays.AsSpan(written));
            written += others.Length - read;
            return written == mergedOthers.Length
                ? new ChangedList(mergedOthers, mergedDays)
                : new ChangedList(mergedOthers[..written], mergedDays[..written]);
        }
    }
}
