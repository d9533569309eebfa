using System.Globalization;
using System.Runtime.CompilerServices;
using Platform.ServiceDefaults.Paging;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <summary>
/// Reads sets of ids of any size in pages: small ones at one moment and in the order of ids, large ones as SSCAN finds them.
/// </summary>
internal sealed class RedisFollowSets(RedisConnection redis, int snapshotLimit)
{
    // A page of SSCAN may exceed its count by the rest of a hash chain.
    private const int ScanOverrun = 8;
    private const int ReadTogether = 5_000;

    /// <summary>A whole set, of any size, each id once.</summary>
    public async Task<HashSet<string>> ReadAllAsync(
        RedisKey set,
        CancellationToken cancellationToken
    )
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var page in StreamAsync(set, null, ReadTogether, cancellationToken))
        {
            ids.UnionWith(page.Entries.Select(entry => entry.Id));
        }
        return ids;
    }

    /// <summary>A page of a set, by id or with the newest first; see <see cref="IFollowStore.ListFollowingAsync"/>.</summary>
    public async Task<FollowPage> ListAsync(
        RedisKey set,
        RedisKey newestKey,
        bool recentFirst,
        string? position,
        int size,
        CancellationToken cancellationToken
    )
    {
        if (!recentFirst || position is ['s', ..])
        {
            return await ReadPageAsync(set, position, size, cancellationToken);
        }
        if (position is ['r', ..])
        {
            return await ReadPageAsync(set, position, size, cancellationToken, newestKey);
        }

        // Sequence numbers are unique within the bucket: a score is a position.
        var below = position is null ? double.PositiveInfinity : NumberOf(position, 'n');
        var newest = await redis.RunAsync(
            database =>
                database.SortedSetRangeByScoreWithScoresAsync(
                    newestKey,
                    start: double.NegativeInfinity,
                    stop: below,
                    exclude: Exclude.Stop,
                    order: Order.Descending,
                    take: size
                ),
            cancellationToken
        );
        var entries = newest
            .Select(entry => new FollowEntry(
                entry.Element.ToString(),
                FollowSequence.TimeOf((long)entry.Score)
            ))
            .ToList();
        if (entries.Count == size)
        {
            return new FollowPage(
                entries,
                string.Create(CultureInfo.InvariantCulture, $"n{(long)newest[^1].Score}")
            );
        }

        // The newest are through; the rest follows by id. Those that are among the newest now came already, or began after the
        // first page; those that were pushed out before they came are in the rest.
        var rest = await ReadPageAsync(
            set,
            "r",
            size - entries.Count,
            cancellationToken,
            newestKey
        );
        // what was ended and begun again in between stands in both
        var listed = entries.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        return new FollowPage(
            [.. entries, .. rest.Entries.Where(entry => !listed.Contains(entry.Id))],
            rest.Next
        );
    }

    /// <summary>
    /// Positions: <c>n</c> and the sequence number below which the newest go on (read by the caller); <c>r</c> and the id after which the
    /// rest goes on, without the newest; <c>i</c> and the id after which a whole set goes on; <c>s</c> and a cursor of SSCAN with its run.
    /// </summary>
    private async Task<FollowPage> ReadPageAsync(
        RedisKey set,
        string? position,
        int size,
        CancellationToken cancellationToken,
        RedisKey newest = default
    )
    {
        if (
            position is not ['s', ..]
            && await ReadSnapshotAsync(set, newest, cancellationToken) is { } ids
        )
        {
            return PageOf(ids);
        }

        // A list that outgrew the snapshot between two pages begins again: better twice than never.
        var from = CursorOf(position);
        var (next, scanned) = await ScanAsync(set, from, size, cancellationToken);
        if (IsWhole(from, next, scanned, size))
        {
            Array.Sort(scanned, StringComparer.Ordinal);
            return PageOf(scanned);
        }
        return new FollowPage(Entries(scanned), next?.ToString());

        FollowPage PageOf(string[] all)
        {
            var kind = newest == default(RedisKey) ? 'i' : 'r';
            var after = IdOf(position, kind);
            var start = after.Length == 0 ? 0 : IndexAfter(all, after);
            var count = Math.Min(size, all.Length - start);
            return new FollowPage(
                Entries(all.AsSpan(start, count)),
                start + count < all.Length ? kind + all[start + count - 1] : null
            );
        }
    }

    /// <summary>
    /// Whether a scan answered with the whole set at once, however large: so it does with a set of integers, which Redis keeps in
    /// one piece up to <c>set-max-intset-entries</c>. Such a set is paged by id, like a small one.
    /// </summary>
    private static bool IsWhole(ScanCursor from, ScanCursor? next, string[] scanned, int size) =>
        from == ScanCursor.Start && next is null && scanned.Length > size;

    /// <summary>A whole set in pieces, by id where it is small; at least one piece.</summary>
    public async IAsyncEnumerable<FollowPage> StreamAsync(
        RedisKey set,
        string? position,
        int size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (
            position is not ['s', ..]
            && await ReadSnapshotAsync(set, default, cancellationToken) is { } ids
        )
        {
            foreach (var page in PagesOf(ids, position, size))
            {
                yield return page;
            }
            yield break;
        }

        var from = CursorOf(position);
        var reading = ScanAsync(set, from, size, cancellationToken);
        try
        {
            while (true)
            {
                var (next, scanned) = await reading;
                if (IsWhole(from, next, scanned, size))
                {
                    Array.Sort(scanned, StringComparer.Ordinal);
                    foreach (var page in PagesOf(scanned, position, size))
                    {
                        yield return page;
                    }
                    yield break;
                }
                if (next is not { } following)
                {
                    yield return new FollowPage(Entries(scanned), null);
                    yield break;
                }
                // the next piece is read while this one is sent
                from = following;
                reading = ScanAsync(set, from, size, cancellationToken);
                yield return new FollowPage(Entries(scanned), following.ToString());
            }
        }
        finally
        {
            // of a stream that was left; a failure that matters was thrown above
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Pieces of a whole set in the order of ids, after a position; at least one.</summary>
    private static IEnumerable<FollowPage> PagesOf(string[] ids, string? position, int size)
    {
        var after = position is ['s', ..] ? "" : IdOf(position, 'i');
        var start = after.Length == 0 ? 0 : IndexAfter(ids, after);
        do
        {
            var count = Math.Min(size, ids.Length - start);
            var last = start + count == ids.Length;
            yield return new FollowPage(
                Entries(ids.AsSpan(start, count)),
                last ? null : "i" + ids[start + count - 1]
            );
            start += count;
        } while (start < ids.Length);
    }

    /// <summary>The ids of a set (but those of a sorted set) at one moment, in the order of their bytes; null if it is too large.</summary>
    private async Task<string[]?> ReadSnapshotAsync(
        RedisKey set,
        RedisKey newestKey,
        CancellationToken cancellationToken
    )
    {
        if (
            await redis.RunAsync(database => database.SetLengthAsync(set), cancellationToken)
            > snapshotLimit
        )
        {
            return null;
        }
        // The newest first. What is among them came already, or began since; what left them before is in the set, and comes. The other way
        // round, what ends between the two commands would be read from the set although it came as one of the newest.
        HashSet<string> left = [];
        if (newestKey != default(RedisKey))
        {
            var newest = await redis.RunAsync(
                database => database.SortedSetRangeByRankAsync(newestKey),
                cancellationToken
            );
            left = [.. newest.Select(member => member.ToString())];
        }
        var members = await redis.RunAsync(
            database => database.SetMembersAsync(set),
            cancellationToken
        );
        var ids = members
            .Select(member => member.ToString())
            .Where(id => !left.Contains(id))
            .ToArray();
        Array.Sort(ids, StringComparer.Ordinal);
        return ids;
    }

    private async Task<(ScanCursor? Next, string[] Ids)> ScanAsync(
        RedisKey set,
        ScanCursor cursor,
        int size,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] arguments = [cursor.Value, Math.Max(1, size - ScanOverrun), cursor.Run];
        var result = await redis.EvaluateAsync(
            FollowScripts.Scan,
            [set],
            arguments,
            cancellationToken
        );
        var next = new ScanCursor((string)result[1]!, (string)result[0]!);
        return (next.Value == ScanCursor.Start.Value ? null : next, (string[])result[2]!);
    }

    private static FollowEntry[] Entries(ReadOnlySpan<string> ids)
    {
        var entries = new FollowEntry[ids.Length];
        for (var index = 0; index < ids.Length; index++)
        {
            entries[index] = new FollowEntry(ids[index], null);
        }
        return entries;
    }

    private static int IndexAfter(string[] ids, string id)
    {
        var index = Array.BinarySearch(ids, id, StringComparer.Ordinal);
        return index >= 0 ? index + 1 : ~index;
    }

    private static double NumberOf(string position, char kind) =>
        position.StartsWith(kind)
        && long.TryParse(position.AsSpan(1), CultureInfo.InvariantCulture, out var number)
            ? number
            : throw PageToken.Foreign();

    private static string IdOf(string? position, char kind) =>
        position is null ? ""
        : position.StartsWith(kind) ? position[1..]
        : throw PageToken.Foreign();

    private static ScanCursor CursorOf(string? position)
    {
        if (position is not ['s', ..])
        {
            return ScanCursor.Start;
        }
        var dot = position.IndexOf('.', StringComparison.Ordinal);
        return
            dot > 0
            && ulong.TryParse(position.AsSpan(1, dot - 1), CultureInfo.InvariantCulture, out _)
            ? new ScanCursor(position[1..dot], position[(dot + 1)..])
            : throw PageToken.Foreign();
    }

    /// <summary>A cursor of SSCAN and the run of the server that gave it.</summary>
    private readonly record struct ScanCursor(string Value, string Run)
    {
        public static ScanCursor Start => new("0", "");

        public override string ToString() => $"s{Value}.{Run}";
    }
}
