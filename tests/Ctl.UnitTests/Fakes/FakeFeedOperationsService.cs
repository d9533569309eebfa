using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>Two timelines; the second of them is damaged, until it is repaired.</summary>
public sealed class FakeFeedOperationsService(FakeState state)
    : FeedOperationsService.FeedOperationsServiceBase
{
    public override async Task RebuildFeed(
        RebuildFeedRequest request,
        IServerStreamWriter<RebuildFeedResponse> responseStream,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, "platformctl");
        state.FeedRebuilds.Enqueue(request);
        await responseStream.WriteAsync(
            new RebuildFeedResponse
            {
                Cursor = "c1",
                TimelinesRebuilt = 1,
                EntriesWritten = 20,
            }
        );
        if (request.Cursor == "breaks")
        {
            throw Refusals.Of(ErrorReason.DependencyUnavailable);
        }
        await responseStream.WriteAsync(
            new RebuildFeedResponse
            {
                TimelinesRebuilt = 2,
                EntriesWritten = 50,
                Done = true,
            }
        );
    }

    public override async Task VerifyFeed(
        VerifyFeedRequest request,
        IServerStreamWriter<VerifyFeedResponse> responseStream,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, "platformctl");
        state.FeedVerifications.Enqueue(request);
        await responseStream.WriteAsync(
            new VerifyFeedResponse { Cursor = "c1", TimelinesChecked = 1 }
        );
        await responseStream.WriteAsync(
            new VerifyFeedResponse
            {
                TimelinesChecked = 2,
                Findings =
                {
                    new FeedFinding
                    {
                        MemberId = "alice",
                        PostId = "7",
                        Kind = FeedFindingKind.Missing,
                        Repaired = request.Repair,
                    },
                },
                FindingsTotal = 1,
                RepairedTotal = request.Repair ? 1 : 0,
                Done = true,
            }
        );
    }
}
