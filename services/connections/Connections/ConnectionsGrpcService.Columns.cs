using Grpc.Core;
using Platform.Connections.Network;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Connections;

/// <content>Standings and the network of many members, by columns.</content>
public sealed partial class ConnectionsGrpcService
{
    /// <inheritdoc />
    public override async Task<BatchGetStandingColumnsResponse> BatchGetStandingColumns(
        BatchGetStandingColumnsRequest request,
        ServerCallContext context
    )
    {
        var query = NetworkQueries.Read(context, request.MemberId, request.Consistency);
        new RequestValidator()
            .Batch("other_ids", request.OtherIds.Count, MaxStandings)
            .MemberIds("other_ids", request.OtherIds)
            .ThrowIfInvalid();
        var includeStandings = request.IncludeStandings || request.IncludePermissions;
        var read = includeStandings
            ? ReadStandingsAsync(
                query.Viewer,
                request.OtherIds,
                request.IncludePermissions,
                request.Consistency,
                context
            )
            : null;
        var asked = ReadNetworkAsync(query, request, context.CancellationToken);
        await Task.WhenAll(read ?? Task.CompletedTask, asked);
        var (columns, failure) = await asked;
        return new BatchGetStandingColumnsResponse
        {
            Standings = read is null ? null : (await read).ToColumns(request.IncludePermissions),
            Network = columns,
            NetworkFailure = failure,
        };
    }

    private async Task<(NetworkColumns? Columns, string Failure)> ReadNetworkAsync(
        NetworkQuery query,
        BatchGetStandingColumnsRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!request.IncludeDegrees && !request.IncludeMutualCounts)
        {
            return (null, "");
        }
        try
        {
            var answer = await network.GetStandingsAsync(
                query,
                request.OtherIds,
                request.IncludeDegrees,
                request.IncludeMutualCounts,
                cancellationToken
            );
            return (answer.ToColumns(), "");
        }
        // the store may well answer where the index cannot yet
        catch (DomainException exception) when (ErrorCatalog.IsUnavailable(exception.Reason))
        {
            return (null, ErrorCatalog.NameOf(exception.Reason));
        }
    }
}
