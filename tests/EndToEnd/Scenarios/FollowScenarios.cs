using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>Follows with all that depends on other services, from end to end.</summary>
public abstract class FollowScenarios : ScenarioSuite
{
    [Fact]
    public async Task Block_EndsFollowsOfBothAndRefusesNewOnes()
    {
        var (ada, eve) = (await MemberAsync("ada"), await MemberAsync("eve"));
        await ada.FollowAsync(eve);
        await eve.FollowAsync(ada);

        await ada.Blocks.BlockMemberAsync(new BlockMemberRequest { OtherId = eve.Id });

        foreach (var (one, other) in new[] { (ada, eve), (eve, ada) })
        {
            await Eventually.HoldsAsync(
                "the block has reached follows",
                async () =>
                {
                    var check = await one.Follows.CheckFollowAsync(
                        new CheckFollowRequest { Entity = other.Entity, IncludeCanFollow = true }
                    );
                    return check.Check
                        is {
                            Following: false,
                            FollowedBy: false,
                            CanFollow: false,
                            RefusalReason: "NOT_FOLLOWABLE"
                        };
                }
            );
            var refusal = await Refusal.OfAsync(() => one.FollowAsync(other));
            Assert.Equal(ErrorReason.NotFollowable, refusal.Reason);
        }
    }

    [Fact]
    public async Task Settings_ConnectionsOnly_AsksConnections()
    {
        var (ada, friend, stranger) = (
            await MemberAsync("ada"),
            await MemberAsync("friend"),
            await MemberAsync("stranger")
        );
        await ada.ConnectAsync(friend);
        await ada.FollowSettings.UpdateFollowSettingsAsync(
            new UpdateFollowSettingsRequest
            {
                Settings = new FollowSettings
                {
                    FollowAudience = FollowAudience.Connections,
                    FollowerCountVisibility = FollowerCountVisibility.OnlyMe,
                },
            }
        );

        await friend.FollowAsync(ada);
        var refusal = await Refusal.OfAsync(() => stranger.FollowAsync(ada));

        Assert.Equal(ErrorReason.NotFollowable, refusal.Reason);
        var own = await ada.Follows.GetFollowCountsAsync(new GetFollowCountsRequest());
        var seen = await friend.Follows.GetFollowCountsAsync(
            new GetFollowCountsRequest { OwnerId = ada.Id }
        );
        Assert.Equal(1, own.FollowerCount);
        Assert.False(seen.HasFollowerCount);
    }

    [Fact]
    public async Task Mute_KeepsPostsOutOfTheFeedUntilItEnds()
    {
        var (ada, author) = (await MemberAsync("ada"), await MemberAsync("author"));
        await ada.FollowAsync(author);
        var post = await author.PostAsync("News");
        await Eventually.HoldsAsync(
            "the post is in the home feed",
            async () => await ada.FeedEntryAsync(post) is not null
        );

        var muted = await ada.Follows.MuteAsync(new MuteRequest { Entity = author.Entity });
        Assert.Null(await ada.FeedEntryAsync(post, followsRevision: muted.Revision));
        // profile updates are not posts
        muted = await ada.Follows.MuteAsync(
            new MuteRequest { Entity = author.Entity, Scope = MuteScope.ProfileUpdates }
        );
        Assert.NotNull(await ada.FeedEntryAsync(post, followsRevision: muted.Revision));
        muted = await ada.Follows.MuteAsync(
            new MuteRequest { Entity = author.Entity, Scope = MuteScope.Posts }
        );
        Assert.Null(await ada.FeedEntryAsync(post, followsRevision: muted.Revision));
        var unmuted = await ada.Follows.UnmuteAsync(new UnmuteRequest { Entity = author.Entity });
        Assert.NotNull(await ada.FeedEntryAsync(post, followsRevision: unmuted.Revision));
    }

    [Fact]
    public async Task Watch_ThroughTheGateway_TellsChangesAndResumes()
    {
        var ada = await MemberAsync("ada");
        var acme = new Entity { Kind = EntityKind.Company, Id = $"acme-{Run}" };
        string cursor;
        using (var watch = Watch(ada, new WatchFollowsRequest()))
        {
            // a sign of life: what comes from here on is told
            Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            cursor = watch.ResponseStream.Current.Cursor;
        }
        await ada.Follows.FollowAsync(new FollowRequest { Entity = acme });

        using var again = Watch(ada, new WatchFollowsRequest { Cursor = cursor });
        do
        {
            Assert.True(await again.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        } while (again.ResponseStream.Current.Change is null);

        var change = again.ResponseStream.Current.Change;
        Assert.Equal(
            (FollowChangeKind.Followed, ada.Id, acme),
            (change.Kind, change.FollowerId, change.Entity)
        );
    }

    [Fact]
    public async Task Operations_VerifyAndErase_LeaveNothing()
    {
        var (ada, eve) = (await MemberAsync("ada"), await MemberAsync("eve"));
        var tag = new Entity { Kind = EntityKind.Hashtag, Id = "Graphs" };
        await ada.FollowAsync(eve);
        await eve.FollowAsync(ada);
        await ada.Follows.FollowAsync(new FollowRequest { Entity = tag });
        var admin = await Endpoint.ActorAsync($"operator-{Run}", "operator");

        using (
            var verify = admin.FollowsOperations.VerifyFollows(
                new VerifyFollowsRequest { MemberId = ada.Id }
            )
        )
        {
            VerifyFollowsResponse? last = null;
            while (await verify.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
                last = verify.ResponseStream.Current;
                Assert.Empty(last.Findings);
            }
            Assert.True(last!.Done);
            Assert.Equal(3, last.EdgesChecked);
        }
        var erased = await admin.FollowsOperations.DeleteMemberAsync(
            new Platform.Follows.V1.DeleteMemberRequest { MemberId = ada.Id }
        );

        Assert.True(erased.Done);
        Assert.Equal(3, erased.FollowsDeleted);
        Assert.Equal(
            ErrorReason.NotFollowable,
            (await Refusal.OfAsync(() => eve.FollowAsync(ada))).Reason
        );
        var counts = await eve.Follows.GetFollowCountsAsync(new GetFollowCountsRequest());
        Assert.Equal(0, counts.FollowerCount);
        Assert.All(counts.Following, count => Assert.Equal(0, count.Count));
    }

    private static Grpc.Core.AsyncServerStreamingCall<WatchFollowsResponse> Watch(
        Actor actor,
        WatchFollowsRequest request
    )
    {
        request.HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
        return actor.Follows.WatchFollows(request);
    }
}
