namespace Platform.Benchmarks.Harness;

/// <summary>Pairs made up by a rule: fifty a member on one side, spread over all on the other; none comes twice.</summary>
/// <param name="Pairs">How many.</param>
public sealed record SyntheticGraph(int Pairs)
{
    /// <summary>How many pairs a member of the low side has.</summary>
    public const int PerMember = 50;

    // prime, so that those of one member do not meet
    private const long Stride = 7919;

    /// <summary>In SQL, of a column <c>i</c> that counts from 0: the two members.</summary>
    public string LowInSql => $"printf('a%08d', i / {PerMember})";

    /// <summary>See <see cref="LowInSql"/>.</summary>
    public string HighInSql => $"printf('b%08d', (i * {Stride}) % {Pairs})";

    /// <summary>The pair of a number, from 0.</summary>
    public (string Low, string High) this[int index] =>
        ($"a{index / PerMember:D8}", $"b{index * Stride % Pairs:D8}");

    /// <summary>A pair of a call: each after a large step, so that caches see no order.</summary>
    public (string Low, string High) At(int call) => this[(int)(call * 15_485_863L % Pairs)];
}
