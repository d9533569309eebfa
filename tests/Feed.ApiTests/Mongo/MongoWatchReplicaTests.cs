using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Testing;

namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>A home feed watched at one replica and then at another.</summary>
public sealed class MongoWatchReplicaTests(MongoFeedPlatform platform)
    : IClassFixture<MongoFeedPlatform>
{
    private readonly string _ann = FeedPlatform.NewId("ann");
    private readonly string _ben = FeedPlatform.NewId("ben");

    [Fact]
    public async Task Watch_OtherReplicaDelivers_ComesToo()
    {
        platform.SkipUnlessThere();
        await platform.FollowAsync(_ann, _ben);
        // serves only: whatever is delivered, another delivers
        await using var other = await platform.StartFeedAsync(
            new("Feed:Posts:NodeId", "1"),
            new("Feed:FanOut:Workers", "0"),
            new("Feed:Watch:PollInterval", "00:00:00.050"),
            // so that only the head of the timeline can tell
            new("Feed:Watch:ReadInterval", "00:01:00")
        );
        await using var watch = await FeedWatcher.OpenAsync(other, _ann);

        var posts = new List<string>();
        for (var number = 1; number <= 3; number++)
        {
            posts.Add($"+{await PostAsync()} hello");
            Assert.Equal(posts, await watch.TellsAsync(number));
        }
        // and goes on where the other stood
        await using var here = await FeedWatcher.OpenAsync(
            platform.Feed,
            _ann,
            watch.Events[1].Cursor
        );
        Assert.Equal(posts[2..], await here.TellsAsync(1));
    }

    [Fact]
    public async Task Watch_ServiceStops_SaysSoAndResumesElsewhere()
    {
        platform.SkipUnlessThere();
        await platform.FollowAsync(_ann, _ben);
        await using var other = await platform.StartFeedAsync(
            new KeyValuePair<string, string?>("Feed:Posts:NodeId", "2")
        );
        await using var watch = await FeedWatcher.OpenAsync(other, _ann);

        other.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var refusal = await Refusal.OfAsync(() => watch.Ended);
        Assert.Equal(ErrorReason.ShuttingDown, refusal.Reason);
        var post = await PostAsync();
        await using var resumed = await FeedWatcher.OpenAsync(platform.Feed, _ann, watch.Cursor);
        Assert.Equal([$"+{post} hello"], await resumed.TellsAsync(1));
    }

    private async Task<string> PostAsync() =>
        (await platform.Posts(_ben).CreatePostAsync(new CreatePostRequest { Text = "hello" }))
            .Post
            .PostId;
}
