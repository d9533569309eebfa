using Platform.Benchmarks.Harness;
using Platform.Connections.Network.Graph;

namespace Platform.Benchmarks.Suites;

/// <summary>Two lists of connections against each other.</summary>
public static class ListFigures
{
    private const int Length = 500;
    private const int Pairs = 64;

    // a tenth of the lines in common, at random places
    private const int Range = 5_000;

    /// <summary>Measures.</summary>
    public static IReadOnlyList<Finding> Measure(int seed)
    {
        var random = new Random(seed);
        var lists = Enumerable
            .Range(0, Pairs * 2)
            .Select(_ =>
                random
                    .GetItems(Enumerable.Range(0, Range).ToArray(), Range)
                    .Distinct()
                    .Take(Length)
                    .Order()
                    .ToArray()
            )
            .ToArray();
        var sink = 0L;
        var sum = Timing.MedianMicroseconds(
            200,
            call =>
                sink += Sums.Plain(lists[call % Pairs]) + Sums.Plain(lists[Pairs + (call % Pairs)]),
            callsASample: 1_000
        );
        var intersect = Timing.MedianMicroseconds(
            200,
            call =>
                sink += SortedIntersection.Count(
                    lists[call % Pairs],
                    lists[Pairs + (call % Pairs)]
                ),
            callsASample: 1_000
        );
        var merge = Timing.MedianMicroseconds(
            200,
            call => sink += Merge(lists[call % Pairs], lists[Pairs + (call % Pairs)]),
            callsASample: 1_000
        );
        GC.KeepAlive(sink);
        return
        [
            new Finding(
                "intersect 500 with 500",
                intersect,
                "us",
                sum,
                "summing both, line by line",
                "at most 1.0 us",
                intersect <= 1.0
            ),
            new Finding(
                "the same by a textbook merge",
                merge,
                "us",
                sum,
                "summing both, line by line"
            ),
        ];
    }

    private static int Merge(int[] one, int[] other)
    {
        int i = 0,
            j = 0,
            count = 0;
        while (i < one.Length && j < other.Length)
        {
            if (one[i] < other[j])
            {
                i++;
            }
            else if (one[i] > other[j])
            {
                j++;
            }
            else
            {
                (i, j, count) = (i + 1, j + 1, count + 1);
            }
        }
        return count;
    }
}
