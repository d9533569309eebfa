using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Messaging.Conversations;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Connections;

/// <summary>The gate over gRPC, as this service, for the acting member.</summary>
public sealed class GrpcConnectionGate(
    ConnectionsService.ConnectionsServiceClient client,
    GatheredChecks checks,
    GateCircuit circuit,
    KnownConnections known,
    GateMetrics metrics,
    IOptions<GateOptions> options,
    TimeProvider time
) : IConnectionGate
{
    private const string Dependency = "connections";

    /// <inheritdoc />
    public async Task EnsureFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var refused = await FindRefusedAsync(
                memberId,
                otherIds,
                atLeastRevision,
                cancellationToken
            );
            if (refused.Count > 0)
            {
                throw Refusals.NotFirstDegree(refused);
            }
        }
        catch (DomainException refusal)
        {
            metrics.Refused(refusal.Reason);
            throw;
        }
    }

    /// <inheritdoc />
    public async Task<bool> AreFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        CancellationToken cancellationToken
    ) =>
        (await FindRefusedAsync(memberId, otherIds, atLeastRevision: "", cancellationToken)).Count
        == 0;

    private async Task<IReadOnlyList<string>> FindRefusedAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        if (otherIds.Count == 0)
        {
            return [];
        }
        if (
            atLeastRevision.Length == 0
            && otherIds.Count == 1
            && known.IsConnected(memberId, otherIds[0])
        )
        {
            return [];
        }
        var trial = circuit.Enter();
        // the client takes the caller's deadline instead where that is earlier
        var deadline = time.GetUtcNow().UtcDateTime + options.Value.Timeout;
        var consistency =
            atLeastRevision.Length == 0
                ? null
                : new Consistency { AtLeastRevision = atLeastRevision };
        var asked = known.Ask();
        try
        {
            var refused =
                otherIds.Count == 1 && consistency is null
                    ? await CheckAsync(memberId, otherIds[0], deadline, cancellationToken)
                    : await BatchCheckAsync(
                        memberId,
                        otherIds,
                        consistency,
                        deadline,
                        cancellationToken
                    );
            circuit.Succeeded(trial);
            if (refused.Count == 0 && otherIds.Count == 1)
            {
                known.Note(memberId, otherIds[0], asked);
            }
            return refused;
        }
        catch (OperationCanceledException)
        {
            circuit.LearnedNothing(trial);
            throw;
        }
        catch (RpcException exception)
        {
            var refusal = NoAnswer(exception);
            // a caller who gave up early, or who asked for something that is not there, says nothing about connections; nor do others
            // whose call it was
            if (
                cancellationToken.IsCancellationRequested
                || refusal.Reason is ErrorReason.InvalidRevision or ErrorReason.RevisionNotReached
                || (exception is CheckOfOthersFailedException && !trial)
                || time.GetUtcNow().UtcDateTime < deadline
                    && exception.StatusCode == StatusCode.DeadlineExceeded
            )
            {
                circuit.LearnedNothing(trial);
            }
            else
            {
                circuit.Failed(trial);
            }
            cancellationToken.ThrowIfCancellationRequested();
            throw refusal;
        }
    }

    private async Task<List<string>> CheckAsync(
        string memberId,
        string otherId,
        DateTime deadline,
        CancellationToken cancellationToken
    ) =>
        await checks.CheckAsync(memberId, otherId, deadline, cancellationToken)
        == ConnectionStatus.Connected
            ? []
            : [otherId];

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
