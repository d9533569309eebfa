using System.Globalization;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;
using StackExchange.Redis;

namespace Platform.Feed.Timelines;

/// <content>Looking at timelines, for streams and operators.</content>
public sealed partial class RedisTimelineStore
{
    // Whoever resumes repeats a part: a small one is soon done. Half of the feed's keys are lists.
    private const int KeysPerScan = 50;

    public async Task<IReadOnlyList<PostId>> ReadHeadsAsync(
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    )
    {
        var heads = new List<PostId>(members.Count);
        foreach (var part in members.Chunk(PushesPerBatch))
        {
            var values = await redis.RunAsync(
                database =>
                {
                    var batch = database.CreateBatch();
                    var reads = Array.ConvertAll(
                        part,
                        member => batch.ListGetByIndexAsync(_keys.Entries(member), 0)
                    );
                    batch.Execute();
                    return Task.WhenAll(reads);
                },
                cancellationToken
            );
            // nothing there reads as 0, like the placeholder
            heads.AddRange(values.Select(value => new PostId((long)value)));
        }
        return heads;
    }

    public Task<Timeline?> InspectAsync(string member, CancellationToken cancellationToken) =>
        redis.RunAsync(
            async database =>
            {
                var batch = database.CreateBatch();
                var entries = batch.ListRangeAsync(_keys.Entries(member));
                var mark = batch.StringGetAsync(_keys.Mark(member));
                batch.Execute();
                var values = await entries;
                return values.Length == 0 ? null : ToTimeline(values, await mark);
            },
            cancellationToken
        );

    /// <summary>Master by master, in the order of their addresses; a cursor is <c>SCAN cursor@address</c>.</summary>
    public Task<TimelineOwners> ListOwnersAsync(
        string cursor,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync(
            async database =>
            {
                var masters = MastersOf(database);
                var (at, scan) = cursor.Length == 0 ? (0, 0) : Parse(cursor, masters);
                var answer = (RedisResult[])
                    (
                        await masters[at]
                            .ExecuteAsync(
                                "SCAN",
                                scan,
                                "MATCH",
                                _keys.AllEntries,
                                "COUNT",
                                KeysPerScan
                            )
                    )!;
                var next = ulong.Parse((string)answer[0]!, CultureInfo.InvariantCulture);
                string[] members =
                [
                    .. ((string[])answer[1]!).Select(_keys.OwnerOf).OfType<string>(),
                ];
                if (next == 0)
                {
                    at++;
                }
                return new TimelineOwners(
                    members,
                    at < masters.Count ? $"{next}@{masters[at].EndPoint}" : ""
                );
            },
            cancellationToken
        );

    private static List<IServer> MastersOf(IDatabase database)
    {
        var masters = database
            .Multiplexer.GetServers()
            .Where(server => !server.IsReplica)
            .OrderBy(server => $"{server.EndPoint}", StringComparer.Ordinal)
            .ToList();
        // whoever is left out of a walk would count as looked at
        return masters.Count > 0 && masters.TrueForAll(server => server.IsConnected)
            ? masters
            : throw new DomainException(
                ErrorReason.StoreUnavailable,
                "Not every server that holds timelines can be reached."
            );
    }

    private static (int Master, ulong Scan) Parse(string cursor, List<IServer> masters)
    {
        var end = cursor.IndexOf('@', StringComparison.Ordinal);
        if (
            end < 1
            || !ulong.TryParse(
                cursor.AsSpan(0, end),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var scan
            )
        )
        {
            throw CursorReader.Foreign();
        }
        var address = cursor[(end + 1)..];
        var at = masters.FindIndex(server => $"{server.EndPoint}" == address);
        return at >= 0
            ? (at, scan)
            : throw new DomainException(
                ErrorReason.CursorExpired,
                "The servers that hold timelines have changed; begin without a cursor."
            );
    }
}
