using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Connections;

/// <summary>The gate over gRPC, as this service, for the acting member.</summary>
public sealed class GrpcConnectionGate(
    ConnectionsService.ConnectionsServiceClient client,
    IOptions<GateOptions> options,
    TimeProvider time
) : IConnectionGate
{
    private const string Dependency = "connections";

    // what a refusal names, so that its trailers stay small
    private const int MaxNamed = 10;

    public async Task EnsureFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        if (otherIds.Count == 0)
        {
            return;
        }
        // the client takes the caller's deadline instead where that is earlier
        var deadline = time.GetUtcNow().UtcDateTime + options.Value.Timeout;
        var consistency =
            atLeastRevision.Length == 0
                ? null
                : new Consistency { AtLeastRevision = atLeastRevision };
        List<string> refused;
        try
        {
            refused =
                otherIds.Count == 1
                    ? await CheckAsync(
                        memberId,
                        otherIds[0],
                        consistency,
                        deadline,
                        cancellationToken
                    )
                    : await BatchCheckAsync(
                        memberId,
                        otherIds,
                        consistency,
                        deadline,
                        cancellationToken
                    );
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw NoAnswer(exception);
        }
        if (refused.Count > 0)
        {
            throw new DomainException(
                ErrorReason.NotFirstDegree,
                "Only first-degree connections can be written to."
            ).With("member_ids", string.Join(',', refused.Take(MaxNamed)));
        }
    }

    private async Task<List<string>> CheckAsync(
        string memberId,
        string otherId,
        Consistency? consistency,
        DateTime deadline,
        CancellationToken cancellationToken
    )
    {
        var answer = await client.CheckConnectionAsync(
            new CheckConnectionRequest
            {
                MemberId = memberId,
                OtherId = otherId,
                Consistency = consistency,
            },
            deadline: deadline,
            cancellationToken: cancellationToken
        );
        return answer.Status == ConnectionStatus.Connected ? [] : [otherId];
    }

    private async Task<List<string>> BatchCheckAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        Consistency? consistency,
        DateTime deadline,
        CancellationToken cancellationToken
    )
    {
        var answer = await client.BatchCheckConnectionsAsync(
            new BatchCheckConnectionsRequest
            {
                MemberId = memberId,
                OtherIds = { otherIds },
                Consistency = consistency,
            },
            deadline: deadline,
            cancellationToken: cancellationToken
        );
        // by id and not by place: an answer that lacks somebody is a no for them
        var connected = answer
            .Checks.Where(check => check.Status == ConnectionStatus.Connected)
            .Select(check => check.OtherId)
            .ToHashSet(StringComparer.Ordinal);
        return [.. otherIds.Where(id => !connected.Contains(id))];
    }

    /// <summary>No answer is no yes. Only what the caller's own revision caused is told as it is.</summary>
    private static DomainException NoAnswer(RpcException exception)
    {
        var info = exception.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>();
        return ErrorCatalog.ReasonOf(info?.Reason ?? "") switch
        {
            ErrorReason.InvalidRevision => new DomainException(
                ErrorReason.InvalidRevision,
                "connections_consistency does not hold a revision of the connections service."
            ).WithField(
                "connections_consistency.at_least_revision",
                "must be a revision that connections returned"
            ),
            ErrorReason.RevisionNotReached => new DomainException(
                ErrorReason.RevisionNotReached,
                "The connections service did not reach the revision in time.",
                exception
            ).With("dependency", Dependency),
            _ => new DomainException(
                ErrorReason.DependencyUnavailable,
                "Whether the members are connected could not be found out in time.",
                exception
            ).With("dependency", Dependency),
        };
    }
}
