using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Follows.V1;
using Platform.Relationships.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Relationships;

/// <summary>
/// Asks the services about a viewer and other members: all at once, each once, with the token of the caller and a deadline of its
/// own. A service that is down or late leaves a gap; one that refuses the caller refuses the call.
/// </summary>
internal sealed partial class RelationshipSources(
    ConnectionsService.ConnectionsServiceClient connections,
    NetworkService.NetworkServiceClient network,
    FollowsService.FollowsServiceClient follows,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<RelationshipSources> logger
)
{
    // how many the follows service checks at once
    private const int FollowsAtOnce = 500;

    private readonly TimeSpan _timeout = options.Value.RelationshipTimeout;

    /// <summary>Everything that the parts asked for need.</summary>
    /// <exception cref="DomainException">A service refused the caller or what it demands.</exception>
    public async Task<RelationshipAnswers> AskAsync(
        RelationshipQuery query,
        CancellationToken cancellationToken
    )
    {
        var call = new CallOptions(
            new Metadata { { "authorization", query.Authorization } },
            DeadlineOf(query),
            cancellationToken
        );
        var standings = query.Wants(
            RelationshipPart.Invitation,
            RelationshipPart.Block,
            RelationshipPart.Capabilities
        )
            ? StandingsAsync(query, call)
            : null;
        var degrees = query.Wants(RelationshipPart.Degree) ? DegreesAsync(query, call) : null;
        var mutualCounts = query.Wants(RelationshipPart.MutualConnections)
            ? MutualCountsAsync(query, call)
            : null;
        var followed = query.Wants(
            RelationshipPart.Follows,
            RelationshipPart.Mute,
            RelationshipPart.Capabilities
        )
            ? FollowsAsync(query, call)
            : null;
        await Task.WhenAll(
            new Task?[] { standings, degrees, mutualCounts, followed }.OfType<Task>()
        );
        return new RelationshipAnswers(
            standings is null ? null : await standings,
            degrees is null ? null : await degrees,
            mutualCounts is null ? null : await mutualCounts,
            followed is null ? null : await followed
        );
    }

    private Task<SourceAnswer<PairStanding>> StandingsAsync(
        RelationshipQuery query,
        CallOptions call
    ) =>
        GatherAsync<PairStanding>(
            "connections",
            async () =>
                (
                    await connections.BatchGetStandingsAsync(
                        new BatchGetStandingsRequest
                        {
                            MemberId = query.ViewerId,
                            OtherIds = { query.TargetIds },
                            IncludePermissions = query.Wants(RelationshipPart.Capabilities),
                            Consistency = query.ConnectionsConsistency,
                        },
                        call
                    )
                ).Standings,
            standing => standing.OtherId,
            call.CancellationToken
        );

    private Task<SourceAnswer<MemberDegree>> DegreesAsync(
        RelationshipQuery query,
        CallOptions call
    ) =>
        GatherAsync<MemberDegree>(
            "network",
            async () =>
                (
                    await network.BatchGetDegreesAsync(
                        new BatchGetDegreesRequest
                        {
                            MemberId = query.ViewerId,
                            OtherIds = { query.TargetIds },
                            Consistency = query.ConnectionsConsistency,
                        },
                        call
                    )
                ).Degrees,
            degree => degree.OtherId,
            call.CancellationToken
        );

    private Task<SourceAnswer<MutualConnectionsCount>> MutualCountsAsync(
        RelationshipQuery query,
        CallOptions call
    ) =>
        GatherAsync<MutualConnectionsCount>(
            "network",
            async () =>
                (
                    await network.BatchCountMutualConnectionsAsync(
                        new BatchCountMutualConnectionsRequest
                        {
                            MemberId = query.ViewerId,
                            OtherIds = { query.TargetIds },
                            Consistency = query.ConnectionsConsistency,
                        },
                        call
                    )
                ).Counts,
            count => count.OtherId,
            call.CancellationToken
        );

    private Task<SourceAnswer<FollowCheck>> FollowsAsync(
        RelationshipQuery query,
        CallOptions call
    ) =>
        GatherAsync<FollowCheck>(
            "follows",
            async () =>
            {
                var answers = await Task.WhenAll(
                    query
                        .TargetIds.Chunk(FollowsAtOnce)
                        .Select(ids =>
                            follows
                                .BatchCheckFollowsAsync(
                                    new BatchCheckFollowsRequest
                                    {
                                        MemberId = query.ViewerId,
                                        Entities =
                                        {
                                            ids.Select(id => new Entity
                                            {
                                                Kind = EntityKind.Member,
                                                Id = id,
                                            }),
                                        },
                                        IncludeCanFollow = query.Wants(
                                            RelationshipPart.Capabilities
                                        ),
                                        Consistency = query.FollowsConsistency,
                                    },
                                    call
                                )
                                .ResponseAsync
                        )
                );
                return answers.SelectMany(answer => answer.Checks);
            },
            check => check.Entity.Id,
            call.CancellationToken
        );

    private async Task<SourceAnswer<T>> GatherAsync<T>(
        string source,
        Func<Task<IEnumerable<T>>> ask,
        Func<T, string> idOf,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            var answers = await ask();
            return new SourceAnswer<T>(answers.ToDictionary(idOf, StringComparer.Ordinal), null);
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = ErrorCatalog.ReasonOf(
                exception.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Reason ?? ""
            );
            switch (exception.StatusCode)
            {
                case StatusCode.InvalidArgument
                or StatusCode.FailedPrecondition
                or StatusCode.OutOfRange
                or StatusCode.PermissionDenied
                or StatusCode.Unauthenticated when reason != ErrorReason.Unspecified:
                    throw new DomainException(reason, exception.Status.Detail, exception);
                default:
                    LogGap(exception, source, exception.StatusCode);
                    return new SourceAnswer<T>(
                        new Dictionary<string, T>(),
                        ErrorCatalog.IsUnavailable(reason)
                            ? reason
                            : ErrorReason.DependencyUnavailable
                    );
            }
        }
    }

    private DateTime DeadlineOf(RelationshipQuery query)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var own = now + _timeout;
        return
            query.Deadline is { } callers && now + (callers - now) * 0.8 is var most && most < own
            ? most
            : own;
    }

    [LoggerMessage(LogLevel.Warning, "A part of a relationship is unknown: {Source}, {Code}")]
    private partial void LogGap(Exception exception, string source, StatusCode code);
}
