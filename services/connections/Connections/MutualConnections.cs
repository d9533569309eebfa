using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Connections.Connections;

/// <summary>
/// What two members have in common, out of the store: strong, and in time proportional to the shorter of the two lists.
/// </summary>
public sealed class MutualConnections(IConnectionStore store)
{
    private const int ReadAtOnce = 1000;
    private const int ComparedTogether = 8;

    /// <summary>How many examples a summary gives.</summary>
    public const int MaxSamples = 3;

    /// <summary>Whether two members have at least one connection in common.</summary>
    public async Task<bool> AnyAsync(string one, string other, CancellationToken cancellationToken)
    {
        var pages = await Task.WhenAll(
                ReadPageAsync(one, null, cancellationToken),
                ReadPageAsync(other, null, cancellationToken)
            )
            .ConfigureAwait(false);
        // a page that is not full is the whole list
        var (page, mine, others) =
            pages[0].Count <= pages[1].Count ? (pages[0], one, other) : (pages[1], other, one);
        while (page.Count > 0)
        {
            var statuses = await store
                .GetStatusesAsync(
                    others,
                    [.. page.Select(entry => entry.OtherId)],
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (statuses.Any(status => status.State == RelationshipState.Connected))
            {
                return true;
            }
            page =
                page.Count < ReadAtOnce
                    ? []
                    : await ReadPageAsync(mine, page[^1].Position, cancellationToken)
                        .ConfigureAwait(false);
        }
        return false;
    }

    /// <summary>What a member has in common with each of some others, in their order.</summary>
    public async Task<IReadOnlyList<MutualSummary>> SummarizeAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        var summaries = new MutualSummary[others.Count];
        if (summaries.Length == 0)
        {
            return summaries;
        }
        var own = await ReadAllAsync(member, cancellationToken).ConfigureAwait(false);
        await Parallel
            .ForAsync(
                0,
                summaries.Length,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = ComparedTogether,
                    CancellationToken = cancellationToken,
                },
                async (index, cancel) =>
                    summaries[index] =
                        own.Count == 0
                            ? MutualSummary.None
                            : Summarize(
                                await FindAsync(own, others[index], cancel).ConfigureAwait(false)
                            )
            )
            .ConfigureAwait(false);
        return summaries;
    }

    private static MutualSummary Summarize(List<string> mutual)
    {
        mutual.Sort(StringComparer.Ordinal);
        return new MutualSummary(mutual.Count, [.. mutual.Take(MaxSamples)]);
    }

    private async Task<List<string>> FindAsync(
        HashSet<string> own,
        string other,
        CancellationToken cancellationToken
    )
    {
        var page = await ReadPageAsync(other, null, cancellationToken).ConfigureAwait(false);
        var mutual = new List<string>();
        if (page.Count == ReadAtOnce && own.Count <= ReadAtOnce)
        {
            // the other's list is the longer one
            var ids = own.ToArray();
            var statuses = await store
                .GetStatusesAsync(other, ids, cancellationToken)
                .ConfigureAwait(false);
            mutual.AddRange(
                ids.Where((_, index) => statuses[index].State == RelationshipState.Connected)
            );
            return mutual;
        }
        while (true)
        {
            mutual.AddRange(page.Select(entry => entry.OtherId).Where(own.Contains));
            if (page.Count < ReadAtOnce)
            {
                return mutual;
            }
            page = await ReadPageAsync(other, page[^1].Position, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task<HashSet<string>> ReadAllAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        ListPosition? after = null;
        while (true)
        {
            var page = await ReadPageAsync(member, after, cancellationToken).ConfigureAwait(false);
            all.UnionWith(page.Select(entry => entry.OtherId));
            if (page.Count < ReadAtOnce)
            {
                return all;
            }
            after = page[^1].Position;
        }
    }

    private Task<IReadOnlyList<ListEntry>> ReadPageAsync(
        string member,
        ListPosition? after,
        CancellationToken cancellationToken
    ) =>
        store.ListAsync(
            new ListQuery(member, RelationshipList.Connections, ReadAtOnce) { After = after },
            cancellationToken
        );
}
