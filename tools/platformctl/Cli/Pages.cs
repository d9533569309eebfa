namespace Platform.Ctl.Cli;

/// <summary>Turns the pages of a list.</summary>
public static class Pages
{
    /// <summary>Turns them until <paramref name="limit"/> entries are there, or all.</summary>
    /// <param name="limit">How many at most; 0 for all.</param>
    /// <param name="maxPageSize">The largest page that the method gives.</param>
    /// <param name="fetch">Gets one page: its size and token in, its entries and the next token out.</param>
    public static async Task<Listing<T>> CollectAsync<T>(
        int limit,
        int maxPageSize,
        Func<int, string, Task<(IEnumerable<T> Items, string NextPageToken)>> fetch
    )
    {
        var items = new List<T>();
        var token = "";
        do
        {
            var wanted = limit == 0 ? maxPageSize : Math.Min(maxPageSize, limit - items.Count);
            (var page, token) = await fetch(wanted, token);
            items.AddRange(page);
        } while (token.Length > 0 && (limit == 0 || items.Count < limit));

        return Cut(items, limit, token.Length > 0);
    }

    /// <summary>Turns them until an entry is the one that is looked for.</summary>
    /// <param name="maxPageSize">The largest page that the method gives.</param>
    /// <param name="fetch">Gets one page: its size and token in, its entries and the next token out.</param>
    /// <param name="isWanted">Whether an entry is the one.</param>
    /// <returns>The entry; null when no page has it.</returns>
    public static async Task<T?> FindAsync<T>(
        int maxPageSize,
        Func<int, string, Task<(IEnumerable<T> Items, string NextPageToken)>> fetch,
        Func<T, bool> isWanted
    )
        where T : class
    {
        var token = "";
        do
        {
            (var page, token) = await fetch(maxPageSize, token);
            if (page.FirstOrDefault(isWanted) is { } found)
            {
                return found;
            }
        } while (token.Length > 0);

        return null;
    }

    /// <summary>The first <paramref name="limit"/> entries, or all when it is 0.</summary>
    public static Listing<T> Cut<T>(IReadOnlyList<T> items, int limit, bool more) =>
        limit > 0 && items.Count > limit
            ? new Listing<T>([.. items.Take(limit)], More: true)
            : new Listing<T>(items, more);
}
