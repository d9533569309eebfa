using Platform.Common.V1;
using Platform.Feed.HomeFeed;
using Platform.Feed.Operations;
using Platform.Feed.Posts;
using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Errors;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>Rebuilding and verifying single timelines; walks over all are tested where a store is alone.</summary>
public sealed class TimelineOperationsTests(GarnetFixture garnet) : IDisposable
{
    private readonly FeedHarness _feed = new(garnet);

    private string Ann => _feed.Member("ann");

    private string Ben => _feed.Member("ben");

    private string Cid => _feed.Member("cid");

    public void Dispose() => _feed.Dispose();

    [Fact]
    public async Task Verify_AfterTraffic_FindsNothing()
    {
        await SeedAsync();
        await _feed.PostAsync(Ben, "not delivered yet");

        var progress = await VerifyAsync();

        Assert.Empty(progress.Findings);
        Assert.Equal((1, true), (progress.TimelinesChecked, progress.IsDone));
    }

    [Fact]
    public async Task Verify_NoTimeline_ChecksNoneAndMakesNone()
    {
        Assert.Equal(0, (await VerifyAsync()).TimelinesChecked);
        Assert.Null(await _feed.Timelines.InspectAsync(Ann, default));
    }

    [Fact]
    public async Task Verify_SeededDamage_IsFoundAndOnlyMendedWhenAsked()
    {
        var posts = await SeedAsync();
        var foreign = await _feed.PostAsync(Cid);
        await _feed.DeliverAsync();
        var dangling = new PostId(foreign.Id.Value + 1);
        var seen = (await _feed.Timelines.InspectAsync(Ann, default))!;
        PostId[] damaged = [foreign.Id, dangling, posts[3], posts[3], posts[1], posts[0]];
        Assert.True(await _feed.Timelines.ReplaceAsync(Ann, seen, damaged, seen.Mark!, default));

        foreach (var repair in new[] { false, true })
        {
            var progress = await VerifyAsync(repair);

            Assert.Equal(
                [
                    (posts[2], FindingKind.Missing, repair),
                    (dangling, FindingKind.Dangling, repair),
                    (foreign.Id, FindingKind.Unjustified, repair),
                    (posts[3], FindingKind.Doubled, repair),
                ],
                progress
                    .Findings.OrderBy(finding => finding.Kind)
                    .Select(finding => (finding.PostId, finding.Kind, finding.IsRepaired))
            );
            Assert.Equal((4L, repair ? 4L : 0L), (progress.FindingsTotal, progress.RepairedTotal));
            Assert.All(progress.Findings, finding => Assert.Equal(Ann, finding.MemberId));
            Assert.Equal(
                repair ? Enumerable.Reverse(posts) : damaged,
                (await _feed.Timelines.InspectAsync(Ann, default))!.Entries
            );
        }
        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Verify_Unfollowed_FindsEntriesThatHaveNoReasonAnyMore()
    {
        var posts = await SeedAsync();
        _feed.Graph.Unfollow(Ann, Ben);

        Assert.Equal(
            posts.Select(post => (post, FindingKind.Unjustified)).Order(),
            (await VerifyAsync()).Findings.Select(one => (one.PostId, one.Kind)).Order()
        );
        Assert.Equal(0, (await VerifyAsync(repair: true)).Findings.Count(one => !one.IsRepaired));
        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Verify_FollowedOrMutedOrBlockedSince_IsNoDamage()
    {
        await SeedAsync();
        await _feed.PostAsync(Cid);
        await _feed.DeliverAsync();
        // the next read brings what Cid posted before, by itself
        _feed.Graph.Follow(Ann, Cid);
        _feed.Graph.Mute(Ann, EntityRef.Member(Ben));

        Assert.Empty((await VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Verify_FullTimeline_DoesNotMissWhatItLetGo()
    {
        using var small = new FeedHarness(
            garnet,
            timelineOptions: new TimelineOptions { Capacity = 20 }
        );
        var (ann, ben) = (small.Member("ann"), small.Member("ben"));
        small.Graph.Follow(ann, ben);
        await small.ReadAsync(ann);
        for (var number = 0; number < 60; number++)
        {
            await small.PostAsync(ben);
            await small.DeliverAsync();
        }
        VerifyProgress? last = null;
        await small.Verify.VerifyAsync(ann, false, "", Keep, default);
        Assert.Equal((1, 0), (last!.TimelinesChecked, last.FindingsTotal));

        Task Keep(VerifyProgress progress)
        {
            last = progress;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Verify_PostsComeMeanwhile_FindsNothing()
    {
        await SeedAsync();
        var posting = PostManyAsync();
        do
        {
            Assert.Empty((await VerifyAsync()).Findings);
        } while (!posting.IsCompleted);
        await posting;

        async Task PostManyAsync()
        {
            for (var number = 0; number < 100; number++)
            {
                await _feed.PostAsync(Ben);
                await Task.Run(_feed.DeliverAsync);
            }
        }
    }

    [Fact]
    public async Task Rebuild_WhateverItHeld_IsWhatTheStoreSays()
    {
        var posts = await SeedAsync();
        var seen = (await _feed.Timelines.InspectAsync(Ann, default))!;
        await _feed.Timelines.ReplaceAsync(
            Ann,
            seen,
            [new PostId(7), posts[0]],
            seen.Mark!,
            default
        );

        var progress = await RebuildAsync();

        Assert.Equal(new RebuildProgress("", 1, 4, IsDone: true), progress);
        Assert.Equal(
            Enumerable.Reverse(posts),
            (await _feed.Timelines.InspectAsync(Ann, default))!.Entries
        );
    }

    [Fact]
    public async Task Rebuild_NoTimeline_IsMade()
    {
        _feed.Graph.Follow(Ann, Ben);
        var post = await _feed.PostAsync(Ben);

        Assert.Equal(new RebuildProgress("", 1, 1, IsDone: true), await RebuildAsync());

        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Ann));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RebuildAndVerify_SourceDown_AreRefusedAndChangeNothing(bool connections)
    {
        var posts = await SeedAsync();
        _feed.Graph.ConnectionsDown = connections;
        _feed.Graph.FollowsDown = !connections;

        foreach (var call in new Func<Task>[] { RebuildAsync, () => VerifyAsync(repair: true) })
        {
            var refusal = await Assert.ThrowsAsync<DomainException>(call);
            Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
            Assert.Equal(
                connections ? ViewerRelations.Connections : ViewerRelations.Follows,
                refusal.Metadata["dependency"]
            );
        }

        Assert.Equal(
            Enumerable.Reverse(posts),
            (await _feed.Timelines.InspectAsync(Ann, default))!.Entries
        );
    }

    /// <summary>Ann follows Ben and has his four posts.</summary>
    private async Task<List<PostId>> SeedAsync()
    {
        _feed.Graph.Follow(Ann, Ben);
        await _feed.ReadAsync(Ann);
        var posts = new List<PostId>();
        for (var number = 0; number < 4; number++)
        {
            posts.Add((await _feed.PostAsync(Ben)).Id);
        }
        await _feed.DeliverAsync();
        return posts;
    }

    private async Task<VerifyProgress> VerifyAsync(bool repair = false)
    {
        var all = new List<VerifyProgress>();
        await _feed.Verify.VerifyAsync(
            Ann,
            repair,
            "",
            progress =>
            {
                all.Add(progress);
                return Task.CompletedTask;
            },
            default
        );
        return Assert.Single(all);
    }

    private async Task<RebuildProgress> RebuildAsync()
    {
        var all = new List<RebuildProgress>();
        await _feed.Rebuild.RebuildAsync(
            Ann,
            "",
            progress =>
            {
                all.Add(progress);
                return Task.CompletedTask;
            },
            default
        );
        return Assert.Single(all);
    }
}
