using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Feed.FanOut;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Timelines;

/// <summary>
/// Gives the timeline of a reader, and builds it from the stored posts where it is missing, was not finished, is old, or
/// where the reader's sources changed: that is how a follow or a new connection brings the posts of before.
/// <para>
/// One that is only old lacks nothing, unless a source was imported in the place of another. Building it costs a look at every
/// source, so one reader of a member does it, some readers of a replica at a time; the others get it as it is. That ends when
/// <see cref="UnpushedPosts"/> does not reach back to its building any more.
/// </para>
/// <para>
/// A reader waits for <see cref="TimelineOptions.BuildWait"/> at most. Then they get what there is, marked, and the building goes on.
/// </para>
/// <para>
/// Nothing is lost to a fan-out that runs meanwhile. A post is stored before it is pushed; the timeline is open before the
/// posts are read. So a post whose push came too early is among the stored ones, and any later push is in the
/// timeline, from where it is taken over. What only one of two racing builders saw is in the timeline that the other compares with.
/// </para>
/// <para>
/// What the fan-out left to readers, or has not got to in time, is added from <see cref="UnpushedPosts"/>. A timeline holds
/// all that was stored before it was built, so that only what came later can be missing.
/// </para>
/// </summary>
public sealed partial class TimelineBuilder(
    ITimelineStore timelines,
    IPostStore posts,
    CachedConnections connections,
    CachedFollows follows,
    UnpushedPosts unpushed,
    FeedMetrics metrics,
    IOptions<TimelineOptions> options,
    TimeProvider time
)
{
    private const int MostReplacements = 8;
    private const int SourcesPerPart = 5000;

    private readonly TimelineOptions _options = options.Value;
    private readonly TimelineBuilds _builds = new();

    /// <summary>The timeline of a member.</summary>
    /// <param name="relations">Learns which service did not answer.</param>
    /// <param name="checkSources">
    /// Whether a change of the sources is looked for; readers do so with the first page only, since later pages belong to
    /// the same reading.
    /// </param>
    /// <param name="fresh">Whether every post that was stored before this call counts, however young its delivery is.</param>
    public async Task<BuiltTimeline> GetAsync(
        string member,
        ViewerRelations relations,
        bool checkSources,
        bool fresh,
        CancellationToken cancellationToken
    )
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            // a build goes on beside this call: what does not answer it in time may answer this one
            var ofBuild = relations.Anew();
            // before the timeline: see UnpushedPosts
            var lacking = await unpushed.GetAsync(fresh, cancellationToken);
            var reading = timelines.ReadAsync(member, cancellationToken);
            var asking = checkSources
                ? GetVersionsAsync(member, relations, cancellationToken)
                : null;
            // both are observed, whichever fails
            await Task.WhenAll(reading, asking ?? Task.CompletedTask);
            var timeline = await reading;
            var versions = asking is null ? null : await asking;
            if (
                timeline?.Mark is { } mark
                && !IsFromAhead(mark)
                && (versions is null || IsOf(mark, versions))
                && (lacking.Covers(mark.BuildTime) || relations.Gaps.Count > 0)
            )
            {
                if (
                    versions is not null
                    && IsOld(mark, versions)
                    && _builds.TryRefresh(
                        member,
                        () => BuildAsync(member, timeline, versions, ofBuild)
                    )
                        is { } refresh
                    && await IsDoneAsync(refresh, begin, cancellationToken)
                    // if it failed, the old one is good still
                    && refresh.IsCompletedSuccessfully
                )
                {
                    relations.MissWhat(ofBuild);
                    return await refresh;
                }
                var openSince = fresh
                    ? DateTimeOffset.MaxValue
                    : time.GetUtcNow() - _options.PullAfter;
                return await WithPulledAsync(
                    new BuiltTimeline(timeline.Newest(), mark.BuildTime, Rebuilding: false),
                    [.. lacking.Missing(mark.BuildTime, openSince)],
                    relations,
                    cancellationToken
                );
            }
            versions ??= await GetVersionsAsync(member, relations, cancellationToken);
            var (build, isOwn) = _builds.JoinOrBegin(
                member,
                () => BuildAsync(member, timeline, versions, ofBuild)
            );
            if (!await IsDoneAsync(build, begin, cancellationToken))
            {
                return new BuiltTimeline(timeline?.Newest() ?? [], null, Rebuilding: true);
            }
            if (isOwn)
            {
                var built = await build;
                relations.MissWhat(ofBuild);
                return built;
            }
            // it may have begun before something that this reader knows of: that is looked at again
        }
    }

    /// <summary>Waits for a build, as long as a reader waits in all.</summary>
    /// <returns>Whether it ended, be it with a failure.</returns>
    private async Task<bool> IsDoneAsync(
        Task build,
        long begin,
        CancellationToken cancellationToken
    )
    {
        var left = _options.BuildWait - time.GetElapsedTime(begin);
        if (!build.IsCompleted && left > TimeSpan.Zero)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(build, Task.Delay(left, time, ending.Token));
            await ending.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
        return build.IsCompleted;
    }

    /// <summary>
    /// Adds what the viewer has a reason to see. Readers look again at the reasons of what they show; here it keeps what
    /// concerns others out of their pages.
    /// </summary>
    private static async Task<BuiltTimeline> WithPulledAsync(
        BuiltTimeline built,
        List<Post> lacking,
        ViewerRelations relations,
        CancellationToken cancellationToken
    )
    {
        if (lacking.Count == 0)
        {
            return built;
        }
        await relations.LearnAsync(lacking, cancellationToken);
        var pulled = lacking
            .Where(post => relations.ReasonsOf(post).Count > 0)
            .Select(post => post.Id)
            .ToHashSet();
        pulled.ExceptWith(built.Ids);
        return pulled.Count == 0
            ? built
            : built with
            {
                Ids = new Timeline([.. pulled, .. built.Ids], null, "").Newest(),
                Pulled = pulled,
            };
    }

    private async Task<BuiltTimeline> BuildAsync(
        string member,
        Timeline? timeline,
        SourceVersions versions,
        ViewerRelations relations
    )
    {
        // it is not for one call alone
        var cancellationToken = CancellationToken.None;
        var now = time.GetUtcNow();
        var seen = timeline ?? await OpenAsync(member, cancellationToken);
        var sources = await SourcesAsync(member, relations, cancellationToken);
        var stored = await posts.ListRecentIdsAsync(
            sources.All,
            _options.Capacity,
            cancellationToken
        );
        if (
            !sources.Complete
            || versions is not { Following: { } following, Connections: { } connected }
        )
        {
            // good for this answer, but not to be kept: the next read tries again
            return new BuiltTimeline(
                Newest([.. stored, .. seen.Entries]),
                BuildTime: null,
                Rebuilding: true
            );
        }
        metrics.Rebuilt();
        var mark = new TimelineMark(following, connected, now);
        var before = seen.Entries.ToHashSet();
        for (var attempt = 0; ; attempt++)
        {
            var entries = Newest([
                .. stored,
                .. seen.Entries.Where(entry => !before.Contains(entry)),
            ]);
            if (
                attempt == MostReplacements
                || await timelines.ReplaceAsync(member, seen, entries, mark, cancellationToken)
            )
            {
                return new BuiltTimeline(entries, now, Rebuilding: false);
            }
            seen =
                await timelines.ReadAsync(member, cancellationToken)
                ?? await OpenAsync(member, cancellationToken);
        }
    }

    private async Task<Timeline> OpenAsync(string member, CancellationToken cancellationToken)
    {
        await timelines.OpenAsync(member, cancellationToken);
        return await timelines.ReadAsync(member, cancellationToken)
            ?? throw new DomainException(
                ErrorReason.StoreUnavailable,
                "The timeline was opened, but is not there."
            );
    }

    // by a clock that was ahead: what was left to readers until then would be taken to be in it
    private bool IsFromAhead(TimelineMark mark) =>
        mark.BuildTime - time.GetUtcNow() > UnpushedSnapshot.Margin;

    // a service that does not answer says nothing about a change
    private static bool IsOf(TimelineMark mark, SourceVersions versions) =>
        (versions.Following ?? mark.Following) == mark.Following
        && (versions.Connections ?? mark.Connections) == mark.Connections;

    // without one of the two it could not be built completely; it is built when that answers again
    private bool IsOld(TimelineMark mark, SourceVersions versions) =>
        versions is { Following: not null, Connections: not null }
        && time.GetUtcNow() - mark.BuildTime >= _options.RefreshAfter;

    private async Task<SourceVersions> GetVersionsAsync(
        string member,
        ViewerRelations relations,
        CancellationToken cancellationToken
    )
    {
        var following = AskAsync(
            ViewerRelations.Follows,
            relations,
            async () =>
                (long?)
                    await follows.GetFollowingVersionAsync(
                        member,
                        relations.FollowsRevision,
                        cancellationToken
                    )
        );
        var connected = AskAsync(
            ViewerRelations.Connections,
            relations,
            async () =>
                (long?)
                    await connections.GetConnectionsVersionAsync(
                        member,
                        relations.ConnectionsRevision,
                        cancellationToken
                    )
        );
        await Task.WhenAll(following, connected);
        return new SourceVersions(await following, await connected);
    }

    private async Task<SourceList> SourcesAsync(
        string member,
        ViewerRelations relations,
        CancellationToken cancellationToken
    )
    {
        var following = AskAsync(
            ViewerRelations.Follows,
            relations,
            () => follows.ListFollowingAsync(member, cancellationToken)!
        );
        var connected = AskAsync(
            ViewerRelations.Connections,
            relations,
            () => AllConnectionsAsync(member, cancellationToken)!
        );
        await Task.WhenAll(following, connected);
        var sources = new Dictionary<EntityRef, PostSource>();
        foreach (var entity in await following ?? [])
        {
            sources[entity] = new PostSource(entity, ConnectionsOnlyToo: false);
        }
        foreach (var id in (await connected ?? []).Append(member))
        {
            sources[EntityRef.Member(id)] = new PostSource(
                EntityRef.Member(id),
                ConnectionsOnlyToo: true
            );
        }
        return new SourceList(
            sources.Values,
            await following is not null && await connected is not null
        );
    }

    private async Task<IReadOnlyList<string>> AllConnectionsAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var all = new List<string>();
        var parts = connections.StreamConnectionsAsync(
            member,
            cursor: "",
            SourcesPerPart,
            cancellationToken
        );
        await foreach (var part in parts)
        {
            all.AddRange(part.Members);
        }
        return all;
    }

    private static async Task<T?> AskAsync<T>(
        string source,
        ViewerRelations relations,
        Func<Task<T?>> ask
    )
    {
        if (relations.IsMissing(source))
        {
            return default;
        }
        try
        {
            return await ask();
        }
        catch (DomainException exception)
            when (exception.Reason == ErrorReason.DependencyUnavailable)
        {
            relations.Miss(source, exception);
            return default;
        }
    }

    private IReadOnlyList<PostId> Newest(IReadOnlyList<PostId> entries)
    {
        var newest = new Timeline(entries, null, "").Newest();
        return newest.Count <= _options.Capacity ? newest : [.. newest.Take(_options.Capacity)];
    }

    private sealed record SourceVersions(long? Following, long? Connections);

    private sealed record SourceList(IReadOnlyCollection<PostSource> All, bool Complete);
}
