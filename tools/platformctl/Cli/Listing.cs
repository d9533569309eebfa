namespace Platform.Ctl.Cli;

/// <summary>What a list command found.</summary>
/// <param name="Items">The entries, in the service's order.</param>
/// <param name="More">Whether the limit cut it: there are more.</param>
public sealed record Listing<T>(IReadOnlyList<T> Items, bool More)
{
    public Listing<TOther> Select<TOther>(Func<T, TOther> map) => new([.. Items.Select(map)], More);
}
