namespace Platform.Testing.Graphs;

/// <summary>
/// Graphs whose numbers of connections are as uneven as people's are: R-MAT with the parameters of Graph500, the members
/// renumbered at random as Graph500 does it.
/// </summary>
public static class RMat
{
    private const double A = 0.57;
    private const double B = 0.19;
    private const double C = 0.19;

    /// <summary>The parameters, to be printed.</summary>
    public static string Parameters => "a=.57 b=.19 c=.19 d=.05";

    /// <summary>For so many connections: the power of two that leaves about ten a member.</summary>
    public static int ScaleFor(int edges) => (int)Math.Round(Math.Log2(edges / 10.0));

    /// <summary>Distinct pairs of two different members of 2^scale, in no order that means anything.</summary>
    /// <param name="scale">The number of members' binary logarithm; not every member has a connection.</param>
    /// <param name="edges">How many.</param>
    /// <param name="seed">The same seed gives the same graph.</param>
    public static (int One, int Other)[] Generate(int scale, int edges, int seed)
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, 1 << scale).ToArray();
        random.Shuffle(labels);
        var pairs = new long[edges];
        for (var distinct = 0; distinct < edges; )
        {
            for (var index = distinct; index < edges; index++)
            {
                pairs[index] = Pair(random, scale, labels);
            }
            Array.Sort(pairs);
            distinct = 0;
            for (var index = 0; index < edges; index++)
            {
                if (index == 0 || pairs[index] != pairs[distinct - 1])
                {
                    pairs[distinct++] = pairs[index];
                }
            }
        }
        random.Shuffle(pairs);
        return Array.ConvertAll(pairs, pair => ((int)(pair >> 32), (int)pair));
    }

    /// <summary>
    /// The same for a number of members that is no power of two, each of whom has a connection: those of more members, without whom is too
    /// many; whoever is left without one gets an end of one of these pairs, so that who has many gets more.
    /// </summary>
    /// <param name="members">How many, exactly.</param>
    /// <param name="edges">How many, about.</param>
    /// <param name="seed">The same seed gives the same graph.</param>
    public static IReadOnlyList<(int One, int Other)> GenerateFor(int members, int edges, int seed)
    {
        var scale = (int)Math.Ceiling(Math.Log2(members));
        var kept = (double)members / (1 << scale);
        var pairs = Generate(scale, (int)(edges / (kept * kept)), seed)
            .Where(pair => pair.One < members && pair.Other < members)
            .ToList();
        var connected = new bool[members];
        foreach (var (one, other) in pairs)
        {
            (connected[one], connected[other]) = (true, true);
        }
        var random = new Random(seed);
        var ends = pairs.Count;
        for (var member = 0; member < members; member++)
        {
            if (!connected[member])
            {
                var (one, other) = pairs[random.Next(ends)];
                pairs.Add((member, random.Next(2) == 0 ? one : other));
            }
        }
        return pairs;
    }

    private static long Pair(Random random, int scale, int[] labels)
    {
        while (true)
        {
            int row = 0,
                column = 0;
            for (var bit = 0; bit < scale; bit++)
            {
                var quadrant = random.NextDouble();
                row = (row << 1) | (quadrant >= A + B ? 1 : 0);
                column = (column << 1) | (quadrant is >= A and < A + B or >= A + B + C ? 1 : 0);
            }
            if (row != column)
            {
                int one = labels[row],
                    other = labels[column];
                return ((long)Math.Min(one, other) << 32) | (uint)Math.Max(one, other);
            }
        }
    }
}
