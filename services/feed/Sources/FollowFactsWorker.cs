using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Follows.V1;

namespace Platform.Feed.Sources;

/// <summary>Tells of changes of what members follow and mute.</summary>
public sealed class FollowFactsWorker(
    FollowsService.FollowsServiceClient client,
    ToldFacts<FollowFacts> facts,
    TimeProvider time,
    ILogger<FollowFactsWorker> logger
) : ToldFactsWorker<FollowFacts, WatchFollowsResponse>(facts, time, logger)
{
    /// <inheritdoc />
    protected override string Dependency => "follows";

    /// <inheritdoc />
    protected override AsyncServerStreamingCall<WatchFollowsResponse> Watch(
        CancellationToken cancellationToken
    ) =>
        client.WatchFollows(
            new WatchFollowsRequest
            {
                Start = FollowWatchStart.Now,
                HeartbeatInterval = Duration.FromTimeSpan(Heartbeat),
            },
            cancellationToken: cancellationToken
        );

    /// <inheritdoc />
    protected override void Apply(WatchFollowsResponse told, ToldFacts<FollowFacts> facts)
    {
        if (told.Change is { } change)
        {
            facts.Forget(change.FollowerId);
        }
    }
}
