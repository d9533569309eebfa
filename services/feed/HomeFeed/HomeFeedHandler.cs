using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;

namespace Platform.Feed.HomeFeed;

/// <summary>
/// Reads home feeds: ids from the timeline, posts from the store, then only what the viewer has a proved reason to see
/// now, in the order asked. The timeline is a hint; nothing is shown because it stands there.
/// </summary>
public sealed class HomeFeedHandler(
    TimelineBuilder timelines,
    IPostStore posts,
    CachedPosts cachedPosts,
    CachedConnections connections,
    CachedFollows follows,
    RememberedViews views,
    TimeProvider time
)
{
    /// <summary>How many entries are ranked against each other.</summary>
    public const int RankedWindow = 100;

    // posts are asked for in batches of at least this many, so that a feed with many gaps needs few rounds
    private const int SmallestWindow = 24;

    /// <summary>One page.</summary>
    /// <exception cref="DomainException">
    /// <c>INVALID_PAGE_TOKEN</c>, <c>INVALID_REVISION</c>, <c>REVISION_NOT_REACHED</c>, <c>DEPENDENCY_UNAVAILABLE</c> if neither
    /// connections nor follows answers, <c>STORE_UNAVAILABLE</c>.
    /// </exception>
    public async Task<HomeFeedPage> ListAsync(
        HomeFeedQuery query,
        CancellationToken cancellationToken
    )
    {
        var relations = new ViewerRelations(
            query.Viewer,
            connections,
            follows,
            query.ConnectionsRevision,
            query.FollowsRevision
        );
        // while the timeline is read; it does not fail
        var beginning = cachedPosts.BeginAsync(cancellationToken);
        var timeline = await timelines.GetAsync(
            query.Viewer,
            relations,
            checkSources: query.Position is null,
            // whatever the revision is, no post that it stands for is newer than this call
            fresh: FeedRevision.Parse(query.AtLeastRevision) is not null,
            cancellationToken
        );
        RequireProof(relations);
        var mayUseKept = await beginning;
        return query.Order == FeedOrder.Ranked
            ? await RankedAsync(query, timeline, relations, mayUseKept, cancellationToken)
            : await RecentAsync(query, timeline, relations, mayUseKept, cancellationToken);
    }

    /// <summary>Why a post is in a viewer's feed, or why not.</summary>
    public async Task<EntryExplanation> ExplainAsync(
        string viewer,
        PostId id,
        string connectionsRevision,
        string followsRevision,
        CancellationToken cancellationToken
    )
    {
        var relations = new ViewerRelations(
            viewer,
            connections,
            follows,
            connectionsRevision,
            followsRevision
        );
        var timeline = await timelines.GetAsync(
            viewer,
            relations,
            checkSources: true,
            fresh: false,
            cancellationToken
        );
        var record = await posts.GetRecordAsync(id, cancellationToken);
        if (record is not { DeleteTime: null, Post: var post })
        {
            return EntryExplanation.Absent(AbsenceReason.NotFound, relations.Gaps);
        }
        await relations.LearnAsync([post], cancellationToken);
        var standing =
            post.Author.Kind != Posts.EntityKind.Member || post.Author.Id == viewer
                ? MemberStanding.None
                : relations.StandingOf(post.Author.Id);
        if (standing == MemberStanding.Blocked)
        {
            // the same as of a post that is not there
            return EntryExplanation.Absent(AbsenceReason.NotFound, relations.Gaps);
        }
        var reasons = relations.ReasonsOf(post);
        if (reasons.Count == 0)
        {
            var hidden =
                post.Audience == PostAudience.Connections || standing == MemberStanding.Unproven;
            return hidden && relations.Gaps.Count == 0
                ? EntryExplanation.Absent(AbsenceReason.NotFound, [])
                : new EntryExplanation(
                    hidden ? null : post,
                    Shown: false,
                    [],
                    relations.FollowingOf(post.Author).Mutes(post.Kind) ? AbsenceReason.Muted
                        : relations.Gaps.Count > 0 ? AbsenceReason.Unproven
                        : AbsenceReason.NoRelation,
                    EntryOrigin.Unknown,
                    relations.Gaps
                );
        }
        if (!timeline.Ids.Contains(id))
        {
            var absence =
                record.Job.State == FanOut.DeliveryState.Open
                    ? AbsenceReason.NotDeliveredYet
                    : AbsenceReason.TooOld;
            return new EntryExplanation(
                post,
                Shown: false,
                reasons,
                absence,
                EntryOrigin.Unknown,
                relations.Gaps
            );
        }
        var origin =
            timeline.BuildTime is null ? EntryOrigin.Unknown
            : timeline.Pulled.Contains(id) ? EntryOrigin.Pulled
            : post.CreateTime > timeline.BuildTime ? EntryOrigin.Pushed
            : EntryOrigin.Backfilled;
        return new EntryExplanation(post, Shown: true, reasons, null, origin, relations.Gaps);
    }

    private async Task<HomeFeedPage> RecentAsync(
        HomeFeedQuery query,
        BuiltTimeline timeline,
        ViewerRelations relations,
        bool mayUseKept,
        CancellationToken cancellationToken
    )
    {
        var before = PostId.Newest;
        if (query.Position is not null && !PostId.TryParse(query.Position, out before))
        {
            throw PageToken.Foreign();
        }
        var ids = timeline.Ids;
        var next = FirstBelow(ids, before);
        var entries = new List<FeedEntry>(query.PageSize + 1);
        // one more than the page holds tells whether there is a next one
        while (entries.Count <= query.PageSize && next < ids.Count)
        {
            var size = Math.Max(query.PageSize + 1 - entries.Count, SmallestWindow);
            var window = Slice(ids, next, Math.Min(next + size, ids.Count));
            next += window.Length;
            var view = await ViewAsync(query, window, relations, mayUseKept, cancellationToken);
            entries.AddRange(view.Entries);
        }
        var page = entries.Count <= query.PageSize ? entries : entries[..query.PageSize];
        var position = entries.Count > query.PageSize ? page[^1].Post.Id.ToString() : null;
        return new HomeFeedPage(page, position, relations.Gaps, timeline.Rebuilding);
    }

    private async Task<HomeFeedPage> RankedAsync(
        HomeFeedQuery query,
        BuiltTimeline timeline,
        ViewerRelations relations,
        bool mayUseKept,
        CancellationToken cancellationToken
    )
    {
        var ids = timeline.Ids;
        var position = query.Position is null
            // posts that come later are above the first window
            ? new RankedPosition(
                time.GetUtcNow(),
                ids.Count == 0 ? PostId.Newest : new PostId(ids[0].Value + 1),
                default,
                new HashSet<uint>()
            )
            : RankedPosition.Parse(query.Position);
        var page = new List<FeedEntry>(query.PageSize);
        for (
            var start = FirstBelow(ids, position.Upper);
            start < ids.Count;
            start = FirstBelow(ids, position.Upper)
        )
        {
            if (position.Lower == default)
            {
                position = position with
                {
                    Lower = ids[Math.Min(start + RankedWindow, ids.Count) - 1],
                };
            }
            var end = FirstBelow(ids, position.Lower);
            var view = await ViewAsync(
                query,
                Slice(ids, start, end),
                relations,
                mayUseKept,
                cancellationToken
            );
            var added = new List<PostId>(query.PageSize);
            foreach (var entry in view.RankedAt(position.Now))
            {
                if (position.WasShown(entry.Post.Id))
                {
                    continue;
                }
                if (page.Count == query.PageSize)
                {
                    return new HomeFeedPage(
                        page,
                        position.WithShown(added).Format(),
                        relations.Gaps,
                        timeline.Rebuilding
                    );
                }
                page.Add(entry);
                added.Add(entry.Post.Id);
            }
            position = new RankedPosition(
                position.Now,
                position.Lower,
                default,
                new HashSet<uint>()
            );
        }
        return new HomeFeedPage(page, null, relations.Gaps, timeline.Rebuilding);
    }

    /// <summary>What a viewer may see of a window.</summary>
    private async Task<FeedView> ViewAsync(
        HomeFeedQuery query,
        IReadOnlyCollection<PostId> window,
        ViewerRelations relations,
        bool mayUseKept,
        CancellationToken cancellationToken
    )
    {
        var found = NewestFirst(
            await cachedPosts.GetManyAsync(window, mayUseKept, cancellationToken)
        );
        // before anything is asked: what is learned meanwhile makes it another
        var state = StateFor(query);
        if (
            state is { } now
            && views.Find(query.Viewer, query.Order) is { } remembered
            && remembered.IsOf(found, now)
        )
        {
            return remembered;
        }
        await relations.LearnAsync(found, cancellationToken);
        RequireProof(relations);
        var entries = new List<FeedEntry>(found.Count);
        foreach (var post in found)
        {
            if (relations.ReasonsOf(post) is { Count: > 0 } reasons)
            {
                entries.Add(new FeedEntry(post, reasons));
            }
        }
        var view = new FeedView(found, state ?? default, entries);
        if (state is not null && relations is { Gaps.Count: 0, MayChangeByItself: false })
        {
            views.Set(query.Viewer, query.Order, view);
        }
        return view;
    }

    /// <summary>Null if the relations are asked for with this call, whatever is kept.</summary>
    private RelationsState? StateFor(HomeFeedQuery query) =>
        query is { ConnectionsRevision.Length: 0, FollowsRevision.Length: 0 }
        && connections.StateOf(query.Viewer) is { } connected
        && follows.StateOf(query.Viewer) is { } following
            ? new RelationsState(connected, following)
            : null;

    private static IReadOnlyList<Post> NewestFirst(IReadOnlyList<Post> posts)
    {
        for (var index = 1; index < posts.Count; index++)
        {
            if (posts[index].Id > posts[index - 1].Id)
            {
                return [.. posts.OrderByDescending(post => post.Id)];
            }
        }
        return posts;
    }

    private static PostId[] Slice(IReadOnlyList<PostId> ids, int start, int end)
    {
        var slice = new PostId[Math.Max(0, end - start)];
        for (var index = 0; index < slice.Length; index++)
        {
            slice[index] = ids[start + index];
        }
        return slice;
    }

    private static void RequireProof(ViewerRelations relations)
    {
        if (relations.NothingAnswers)
        {
            throw new DomainException(
                ErrorReason.DependencyUnavailable,
                "Neither connections nor follows answers; nothing of the feed can be proved."
            ).With("dependency", $"{ViewerRelations.Connections},{ViewerRelations.Follows}");
        }
    }

    /// <summary>The index of the first id below <paramref name="bound"/> in a list from large to small.</summary>
    private static int FirstBelow(IReadOnlyList<PostId> ids, PostId bound)
    {
        var (low, high) = (0, ids.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = ids[middle] < bound ? (low, middle) : (middle + 1, high);
        }
        return low;
    }
}
