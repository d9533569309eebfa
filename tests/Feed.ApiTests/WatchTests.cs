using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Feed.ApiTests;

/// <summary>Home feeds live, with the real connections and follows.</summary>
public class WatchTests(FeedPlatform platform) : IClassFixture<FeedPlatform>
{
    private readonly string _ann = FeedPlatform.NewId("ann");
    private readonly string _ben = FeedPlatform.NewId("ben");
    private readonly string _cid = FeedPlatform.NewId("cid");

    [Fact]
    public async Task Watch_PostsEditsAndDeletions_ComeAsTheyHappen()
    {
        await platform.FollowAsync(_ann, _ben);
        var before = await PostAsync(_ben, "before");
        await using var watch = await OpenAsync();

        var post = await PostAsync(_ben, "hello");
        await watch.TellsAsync(1);
        await platform
            .Posts(_ben)
            .UpdatePostAsync(new UpdatePostRequest { PostId = post, Text = "hello again" });
        await watch.TellsAsync(2);
        await platform.Posts(_ben).DeletePostAsync(new DeletePostRequest { PostId = before });

        Assert.Equal(
            [$"+{post} hello", $"+{post} hello again", $"-{before}"],
            await watch.TellsAsync(3)
        );
        Assert.Equal(FeedReasonKind.Follow, Assert.Single(watch.Events[0].Entry.Reasons).Kind);
    }

    [Fact]
    public async Task Watch_RelationsChange_EntriesComeAndGoWithTheLastReason()
    {
        var post = await PostAsync(_ben, "old", PostAudience.Everyone);
        await using var watch = await OpenAsync();

        await platform.FollowAsync(_ann, _ben);
        await watch.TellsAsync(1);
        await platform.ConnectAsync(_ann, _ben);
        await watch.TellsAsync(2);
        await platform.UnfollowAsync(_ann, _ben);
        await watch.TellsAsync(3);
        await platform.DisconnectAsync(_ann, _ben);

        Assert.Equal(
            [$"+{post} old", $"+{post} old", $"+{post} old", $"-{post}"],
            await watch.TellsAsync(4)
        );
        Assert.Equal([1, 2, 1], watch.Events.Take(3).Select(sent => sent.Entry.Reasons.Count));
    }

    [Fact]
    public async Task Watch_MutedOrBlocked_LeavesAndNothingOfItComes()
    {
        await platform.FollowAsync(_ann, _ben);
        await platform.FollowAsync(_ann, _cid);
        var (bens, cids) = (await PostAsync(_ben, "ben's"), await PostAsync(_cid, "cid's"));
        await using var watch = await OpenAsync();

        await new FollowsService.FollowsServiceClient(platform.Follows.As(_ann)).MuteAsync(
            new MuteRequest
            {
                Entity = new Entity { Kind = EntityKind.Member, Id = _ben },
            }
        );
        await watch.TellsAsync(1);
        await platform.BlockAsync(_cid, _ann);
        await watch.TellsAsync(2);
        await PostAsync(_ben, "muted");
        await PostAsync(_cid, "blocked");
        var own = await PostAsync(_ann, "own");

        Assert.Equal([$"-{bens}", $"-{cids}", $"+{own} own"], await watch.TellsAsync(3));
    }

    [Fact]
    public async Task Watch_ForConnectionsOnly_IsNotSentToFollowers()
    {
        await platform.FollowAsync(_ann, _ben);
        await using var watch = await OpenAsync();

        await PostAsync(_ben, "for connections", PostAudience.Connections);
        var open = await PostAsync(_ben, "for everyone");

        Assert.Equal([$"+{open} for everyone"], await watch.TellsAsync(1));
    }

    [Fact]
    public async Task Watch_Resumed_TellsWhatChangedMeanwhileAndNothingTwice()
    {
        await platform.FollowAsync(_ann, _ben);
        string afterFirst;
        string first;
        await using (var watch = await OpenAsync())
        {
            first = await PostAsync(_ben, "first");
            await watch.TellsAsync(1);
            afterFirst = watch.Cursor;
        }
        var second = await PostAsync(_ben, "second");
        await platform.Posts(_ben).DeletePostAsync(new DeletePostRequest { PostId = first });

        await using var resumed = await OpenAsync(afterFirst);

        Assert.Equal([$"-{first}", $"+{second} second"], await resumed.TellsAsync(2));
        await using var again = await OpenAsync(resumed.Events[0].Cursor);
        Assert.Equal([$"+{second} second"], await again.TellsAsync(1));
        await using var last = await OpenAsync(resumed.Events[1].Cursor);
        var third = await PostAsync(_ben, "third");
        Assert.Equal([$"+{third} third"], await last.TellsAsync(1));
    }

    [Fact]
    public async Task Watch_CursorOfAnotherMemberOrNone_IsRefused()
    {
        await using var watch = await OpenAsync();
        foreach (var cursor in new[] { "AAAA", "not base64!", new string('A', 10_000), "A" })
        {
            await RefusesAsync(_ann, cursor);
        }
        await RefusesAsync(_ben, watch.Cursor);
        await RefusesAsync(_ann, watch.Cursor[..^4]);

        async Task RefusesAsync(string viewer, string cursor)
        {
            await using var refused = await FeedWatcher.OpenAsync(platform.Feed, viewer, cursor);
            var refusal = await Refusal.OfAsync(() => refused.Ended);
            Assert.Equal(
                (StatusCode.InvalidArgument, ErrorReason.InvalidCursor),
                (refusal.Code, refusal.Reason)
            );
        }
    }

    [Fact]
    public async Task Watch_OfAnotherMember_IsForServicesOnly()
    {
        var request = new WatchHomeFeedRequest { MemberId = _ben };
        var refusal = await Refusal.OfAsync(async () =>
        {
            using var call = platform.Home(_ann).WatchHomeFeed(request);
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });
        Assert.Equal(ErrorReason.ActingForAnother, refusal.Reason);
        using var served = new HomeFeedService.HomeFeedServiceClient(
            platform.Feed.AsService()
        ).WatchHomeFeed(request);
        Assert.True(await served.ResponseStream.MoveNext(CancellationToken.None));
        Assert.NotNull(served.ResponseStream.Current.Heartbeat);
    }

    private Task<FeedWatcher> OpenAsync(string cursor = "") =>
        FeedWatcher.OpenAsync(platform.Feed, _ann, cursor);

    private async Task<string> PostAsync(
        string author,
        string text,
        PostAudience audience = PostAudience.Everyone
    ) =>
        (
            await platform
                .Posts(author)
                .CreatePostAsync(new CreatePostRequest { Text = text, Audience = audience })
        )
            .Post
            .PostId;
}
