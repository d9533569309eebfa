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
    FollowsService.FollowsServiceClient follows,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<RelationshipSources> logger
)
{
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
        var connectionsTask = AskConnectionsAsync(query, call);
        var followsTask = AskFollowsAsync(query, call);
        await Task.WhenAll(connectionsTask, followsTask);
        var (standings, network) = await connectionsTask;
        return new RelationshipAnswers(standings, network, await followsTask);
    }

    private async Task<(
        SourceAnswer<Standings>? Standings,
        SourceAnswer<NetworkColumns>? Network
    )> AskConnectionsAsync(RelationshipQuery query, CallOptions call)
    {
        var request = new BatchGetStandingColumnsRequest
        {
            MemberId = query.ViewerId,
            IncludeStandings = query.Wants(
                RelationshipPart.Invitation,
                RelationshipPart.Block,
                RelationshipPart.Capabilities
            ),
            IncludePermissions = query.Wants(RelationshipPart.Capabilities),
            IncludeDegrees = query.Wants(RelationshipPart.Degree),
            IncludeMutualCounts = query.Wants(RelationshipPart.MutualConnections),
            Consistency = query.ConnectionsConsistency,
        };
        var wantsNetwork = request.IncludeDegrees || request.IncludeMutualCounts;
        if (!request.IncludeStandings && !wantsNetwork)
        {
            return (null, null);
        }
        request.OtherIds.Add(query.TargetIds);
        var (answer, failure) = await TryAsync(
            "connections",
            () => connections.BatchGetStandingColumnsAsync(request, call),
            call.CancellationToken
        );
        return (
            !request.IncludeStandings ? null
            : answer is null ? SourceAnswer<Standings>.Failed(failure)
            : SourceAnswer<Standings>.Of(
                Standings.Of(answer.Standings, query.TargetIds.Count, request.IncludePermissions)
            ),
            !wantsNetwork ? null
            : answer is null ? SourceAnswer<NetworkColumns>.Failed(failure)
            : NetworkOf(answer, request)
        );
    }

    private static SourceAnswer<NetworkColumns> NetworkOf(
        BatchGetStandingColumnsResponse answer,
        BatchGetStandingColumnsRequest request
    ) =>
        ErrorCatalog.ReasonOf(answer.NetworkFailure) is var failure
        && ErrorCatalog.IsUnavailable(failure)
            ? SourceAnswer<NetworkColumns>.Failed(failure)
            : SourceAnswer<NetworkColumns>.Of(
                answer.Network is { } network
                && (!request.IncludeDegrees || network.Degrees.Count == request.OtherIds.Count)
                && (
                    !request.IncludeMutualCounts
                    || network.MutualCounts.Count == request.OtherIds.Count
                )
                    ? network
                    : null
            );

    private async Task<SourceAnswer<FollowStandings>?> AskFollowsAsync(
        RelationshipQuery query,
        CallOptions call
    )
    {
        if (
            !query.Wants(
                RelationshipPart.Follows,
                RelationshipPart.Mute,
                RelationshipPart.Capabilities
            )
        )
        {
            return null;
        }
        var request = new BatchCheckFollowColumnsRequest
        {
            MemberId = query.ViewerId,
            OtherIds = { query.TargetIds },
            IncludeCanFollow = query.Wants(RelationshipPart.Capabilities),
            Consistency = query.FollowsConsistency,
        };
        var (answer, failure) = await TryAsync(
            "follows",
            () => follows.BatchCheckFollowColumnsAsync(request, call),
            call.CancellationToken
        );
        return answer is null
            ? SourceAnswer<FollowStandings>.Failed(failure)
            : SourceAnswer<FollowStandings>.Of(
                FollowStandings.Of(answer, query.TargetIds.Count, request.IncludeCanFollow)
            );
    }

    private async Task<(T? Answer, ErrorReason Failure)> TryAsync<T>(
        string source,
        Func<AsyncUnaryCall<T>> ask,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            using var call = ask();
            return (await call, ErrorReason.Unspecified);
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
                    return (
                        null,
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
