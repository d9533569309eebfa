using Platform.Feed.V1;
using Platform.Testing;

namespace Platform.Tests.Feed.ApiTests.Mongo;

/// <summary>Two replicas of the feed on one MongoDB, both with workers.</summary>
public sealed class MongoReplicaTests(MongoFeedPlatform platform) : IClassFixture<MongoFeedPlatform>
{
    private readonly string _ann = FeedPlatform.NewId("ann");
    private readonly string _ben = FeedPlatform.NewId("ben");

    [Fact]
    public async Task CreatePost_SameRequestIdAtBothReplicas_IsOnePostDeliveredOnce()
    {
        platform.SkipUnlessThere();
        await using var other = await platform.StartFeedAsync();
        RunningService[] replicas = [platform.Feed, other];
        await platform.FollowAsync(_ann, _ben);
        Assert.Empty(await platform.ReadAsync(_ann));
        var wanted = new List<string>();
        var revision = "";
        for (var number = 0; number < 10; number++)
        {
            var request = new CreatePostRequest
            {
                Text = $"post {number}",
                RequestId = $"r{number}",
            };
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, 6)
                    .Select(n =>
                        new PostsService.PostsServiceClient(replicas[n % 2].As(_ben))
                            .CreatePostAsync(request)
                            .ResponseAsync
                    )
            );
            wanted.Insert(
                0,
                Assert.Single(answers.Select(answer => answer.Post.PostId).Distinct())
            );
            revision = answers[0].Revision;
        }
        var entries = await platform.ReadAsync(_ann, revision);
        Assert.Equal(wanted.Order(), entries.Select(entry => entry.Post.PostId).Order());
        foreach (var id in wanted)
        {
            var status = await new PostsService.PostsServiceClient(
                other.As(_ben)
            ).GetDeliveryStatusAsync(new GetDeliveryStatusRequest { PostId = id });
            Assert.Equal(DeliveryState.Delivered, status.Status.State);
            Assert.Equal(1, status.Status.TimelinesReached);
        }
    }
}
