using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>The check over gRPC, as this service, for the member.</summary>
public sealed class GrpcConnectionCheck(
    ConnectionsService.ConnectionsServiceClient client,
    IOptions<FollowsOptions> options,
    TimeProvider time
) : IConnectionCheck
{
    private const string Dependency = "connections";

    public async Task<IReadOnlySet<string>> WhichConnectedAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = await client.BatchCheckConnectionsAsync(
                new BatchCheckConnectionsRequest { MemberId = member, OtherIds = { others } },
                // the client takes the caller's deadline instead where that is earlier
                deadline: time.GetUtcNow().UtcDateTime + options.Value.ConnectionsTimeout,
                cancellationToken: cancellationToken
            );
            // by id and not by place: an answer that lacks somebody is a no for them
            return answer
                .Checks.Where(check => check.Status == ConnectionStatus.Connected)
                .Select(check => check.OtherId)
                .ToHashSet(StringComparer.Ordinal);
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new DomainException(
                ErrorReason.DependencyUnavailable,
                "Whether the members are connected could not be found out in time.",
                exception
            ).With("dependency", Dependency);
        }
    }
}
