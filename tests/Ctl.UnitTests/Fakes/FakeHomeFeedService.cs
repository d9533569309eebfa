using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

public sealed class FakeHomeFeedService(FakeState state) : HomeFeedService.HomeFeedServiceBase
{
    public override async Task<ListHomeFeedResponse> ListHomeFeed(
        ListHomeFeedRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        var response = new ListHomeFeedResponse
        {
            Completeness = new Completeness
            {
                Gaps =
                {
                    new Gap { Source = "follows", Reason = "DEPENDENCY_UNAVAILABLE" },
                },
            },
        };
        foreach (var (author, text) in state.Posts.Reverse().Take(request.PageSize))
        {
            response.Entries.Add(
                new FeedEntry
                {
                    Post = new Post
                    {
                        PostId = "7",
                        Author = new Entity { Kind = EntityKind.Member, Id = author },
                        Text = text,
                    },
                    Reasons = { new FeedReason { Kind = FeedReasonKind.Connection } },
                }
            );
        }

        return response;
    }

    /// <summary>An entry, which breaks the stream off, and its removal.</summary>
    public override async Task WatchHomeFeed(
        WatchHomeFeedRequest request,
        IServerStreamWriter<WatchHomeFeedResponse> responseStream,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        state.FeedWatches.Enqueue(request.Cursor);
        await responseStream.WriteAsync(
            new WatchHomeFeedResponse { Heartbeat = new Heartbeat(), Cursor = request.Cursor }
        );
        if (request.Cursor.Length == 0)
        {
            await responseStream.WriteAsync(
                new WatchHomeFeedResponse
                {
                    Cursor = "1",
                    Entry = new FeedEntry
                    {
                        Post = new Post
                        {
                            PostId = "7",
                            Author = new Entity { Kind = EntityKind.Member, Id = "bob" },
                            Text = "hello",
                        },
                        Reasons = { new FeedReason { Kind = FeedReasonKind.Connection } },
                    },
                }
            );
            throw Refusals.Of(ErrorReason.SlowConsumer);
        }
        await responseStream.WriteAsync(
            new WatchHomeFeedResponse
            {
                Cursor = "2",
                Removed = new RemovedEntry { PostId = "7" },
            }
        );
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }
}
