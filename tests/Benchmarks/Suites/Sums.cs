using System.Numerics;
using System.Runtime.InteropServices;

namespace Platform.Benchmarks.Suites;

/// <summary>The least that can be done with lists of numbers: the limit of whatever reads them.</summary>
public static class Sums
{
    /// <summary>One by one.</summary>
    public static long Plain(ReadOnlySpan<int> lines)
    {
        long sum = 0;
        foreach (var line in lines)
        {
            sum += line;
        }
        return sum;
    }

    /// <summary>As many at a time as the processor can; the sum wraps around.</summary>
    public static long Vectorized(ReadOnlySpan<int> lines)
    {
        var vectors = MemoryMarshal.Cast<int, Vector<int>>(lines);
        var sum = Vector<int>.Zero;
        foreach (var vector in vectors)
        {
            sum += vector;
        }
        return Vector.Sum(sum) + Plain(lines[(vectors.Length * Vector<int>.Count)..]);
    }
}
