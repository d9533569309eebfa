using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// What two ascending lists without doubles have in common. Lists of like length are compared eight by eight, every line of
/// the one with every line of the other at once; of lists of very different lengths each line of the short one is searched
/// in the long one.
/// </summary>
public static class SortedIntersection
{
    // from here a search, a few mispredicted branches, is cheaper than passing so many lines eight at a time
    private const int Lopsided = 32;

    /// <summary>How many lines the two have in common.</summary>
    public static int Count(ReadOnlySpan<int> one, ReadOnlySpan<int> other)
    {
        var counting = default(Counting);
        Meet(one, other, ref counting);
        return counting.Count;
    }

    /// <summary>Whether the two have any line in common.</summary>
    public static bool Any(ReadOnlySpan<int> one, ReadOnlySpan<int> other)
    {
        var first = default(StoppingAtOnce);
        Meet(one, other, ref first);
        return first.Found;
    }

    /// <summary>Appends what the two have in common, ascending.</summary>
    /// <param name="one">A list.</param>
    /// <param name="other">Another.</param>
    /// <param name="into">Where to.</param>
    /// <param name="limit">How many at most.</param>
    public static void Into(
        ReadOnlySpan<int> one,
        ReadOnlySpan<int> other,
        List<int> into,
        int limit = int.MaxValue
    )
    {
        var collecting = new Collecting(into, limit);
        if (limit > 0)
        {
            Meet(one, other, ref collecting);
        }
    }

    private static void Meet<TSink>(ReadOnlySpan<int> one, ReadOnlySpan<int> other, ref TSink sink)
        where TSink : struct, ISink
    {
        if (one.Length > other.Length)
        {
            var longer = one;
            one = other;
            other = longer;
        }
        if (one.IsEmpty || one[0] > other[^1] || other[0] > one[^1])
        {
            return;
        }
        if (other.Length / Lopsided >= one.Length)
        {
            Search(one, other, ref sink);
        }
        else
        {
            Merge(one, other, ref sink);
        }
    }

    private static void Search<TSink>(ReadOnlySpan<int> few, ReadOnlySpan<int> many, ref TSink sink)
        where TSink : struct, ISink
    {
        foreach (var line in few)
        {
            // doubling steps first, so that lines which lie close together are found close together
            var reach = 1;
            while (reach < many.Length && many[reach] < line)
            {
                reach *= 2;
            }
            many = many[(reach / 2)..];
            var found = many[..Math.Min(reach - (reach / 2) + 1, many.Length)].BinarySearch(line);
            if (found >= 0 && !sink.Take(line))
            {
                return;
            }
            many = many[(found < 0 ? ~found : found + 1)..];
            if (many.IsEmpty)
            {
                return;
            }
        }
    }

    private static void Merge<TSink>(ReadOnlySpan<int> one, ReadOnlySpan<int> other, ref TSink sink)
        where TSink : struct, ISink
    {
        int i = 0,
            j = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref var left = ref MemoryMarshal.GetReference(one);
            ref var right = ref MemoryMarshal.GetReference(other);
            while (i <= one.Length - 8 && j <= other.Length - 8)
            {
                var mine = Vector256.LoadUnsafe(ref left, (nuint)i);
                var theirs = Vector256.LoadUnsafe(ref right, (nuint)j);
                var common = InAny(mine, theirs).ExtractMostSignificantBits();
                if (!sink.Take(ref Unsafe.Add(ref left, i), common))
                {
                    return;
                }
                // whichever ends first has met all that it can meet; without a branch, which would be a coin's toss
                int mineEnd = Unsafe.Add(ref left, i + 7),
                    theirsEnd = Unsafe.Add(ref right, j + 7);
                i += Unsafe.BitCast<bool, byte>(mineEnd <= theirsEnd) << 3;
                j += Unsafe.BitCast<bool, byte>(theirsEnd <= mineEnd) << 3;
            }
        }
        while (i < one.Length && j < other.Length)
        {
            int mine = one[i],
                theirs = other[j];
            if (mine == theirs && !sink.Take(mine))
            {
                return;
            }
            i += Unsafe.BitCast<bool, byte>(mine <= theirs);
            j += Unsafe.BitCast<bool, byte>(theirs <= mine);
        }
    }

    // compares with all eight rotations: within the halves, and within the halves exchanged
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> InAny(Vector256<int> mine, Vector256<int> theirs)
    {
        var crossed = Vector256.Shuffle(theirs, Vector256.Create(4, 5, 6, 7, 0, 1, 2, 3));
        var rotations1 =
            Vector256.Equals(mine, theirs)
            | Vector256.Equals(
                mine,
                Vector256.Shuffle(theirs, Vector256.Create(1, 2, 3, 0, 5, 6, 7, 4))
            );
        var rotations2 =
            Vector256.Equals(
                mine,
                Vector256.Shuffle(theirs, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5))
            )
            | Vector256.Equals(
                mine,
                Vector256.Shuffle(theirs, Vector256.Create(3, 0, 1, 2, 7, 4, 5, 6))
            );
        var rotations3 =
            Vector256.Equals(mine, crossed)
            | Vector256.Equals(
                mine,
                Vector256.Shuffle(crossed, Vector256.Create(1, 2, 3, 0, 5, 6, 7, 4))
            );
        var rotations4 =
            Vector256.Equals(
                mine,
                Vector256.Shuffle(crossed, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5))
            )
            | Vector256.Equals(
                mine,
                Vector256.Shuffle(crossed, Vector256.Create(3, 0, 1, 2, 7, 4, 5, 6))
            );
        return (rotations1 | rotations2) | (rotations3 | rotations4);
    }

    /// <summary>What becomes of common lines. A structure, so that each use has code of its own without calls.</summary>
    private interface ISink
    {
        /// <summary>Takes a line.</summary>
        /// <returns>False when no more are wanted.</returns>
        bool Take(int line);

        /// <summary>Takes those of eight lines whose bit is set.</summary>
        /// <returns>False when no more are wanted.</returns>
        bool Take(ref int lines, uint which);
    }

    private struct Counting : ISink
    {
        public int Count { get; private set; }

        public bool Take(int line)
        {
            Count++;
            return true;
        }

        public bool Take(ref int lines, uint which)
        {
            Count += BitOperations.PopCount(which);
            return true;
        }
    }

    private struct StoppingAtOnce : ISink
    {
        public bool Found { get; private set; }

        public bool Take(int line)
        {
            Found = true;
            return false;
        }

        public bool Take(ref int lines, uint which)
        {
            Found = which != 0;
            return !Found;
        }
    }

    private readonly struct Collecting(List<int> into, int limit) : ISink
    {
        private readonly int _end =
            limit < int.MaxValue - into.Count ? into.Count + limit : int.MaxValue;

        public bool Take(int line)
        {
            into.Add(line);
            return into.Count < _end;
        }

        public bool Take(ref int lines, uint which)
        {
            for (; which != 0; which &= which - 1)
            {
                if (!Take(Unsafe.Add(ref lines, BitOperations.TrailingZeroCount(which))))
                {
                    return false;
                }
            }
            return true;
        }
    }
}
