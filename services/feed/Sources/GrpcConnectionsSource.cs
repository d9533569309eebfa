using Platform.Common.V1;
using Platform.Connections.V1;

namespace Platform.Feed.Sources;

/// <summary>The connections service, over gRPC.</summary>
public sealed class GrpcConnectionsSource(
    ConnectionsService.ConnectionsServiceClient client,
    BlocksService.BlocksServiceClient blocks,
    SourceCall calls
) : IConnectionsSource
{
    private const string Dependency = "connections";
    private const int MostChecks = 500;

    public async Task<IReadOnlySet<string>> WhichConnectedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var answers = await Task.WhenAll(
            others
                .Chunk(MostChecks)
                .Select(part =>
                    calls.RunAsync(
                        Dependency,
                        async token =>
                            await client.BatchCheckConnectionsAsync(
                                new BatchCheckConnectionsRequest
                                {
                                    MemberId = member,
                                    OtherIds = { part },
                                    Consistency = ConsistencyOf(atLeastRevision),
                                },
                                cancellationToken: token
                            ),
                        cancellationToken
                    )
                )
        );
        return answers
            .SelectMany(answer => answer.Checks)
            .Where(check => check.Status == ConnectionStatus.Connected)
            .Select(check => check.OtherId)
            .ToHashSet(StringComparer.Ordinal);
    }

    public async Task<IReadOnlySet<string>> WhichBlockedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var answers = await Task.WhenAll(
            others
                .Chunk(MostChecks)
                .Select(part =>
                    calls.RunAsync(
                        Dependency,
                        async token =>
                            await blocks.BatchCheckBlocksAsync(
                                new BatchCheckBlocksRequest
                                {
                                    MemberId = member,
                                    OtherIds = { part },
                                    Consistency = ConsistencyOf(atLeastRevision),
                                },
                                cancellationToken: token
                            ),
                        cancellationToken
                    )
                )
        );
        return answers
            .SelectMany(answer => answer.Checks)
            .Where(check => check.Blocks || check.BlockedBy)
            .Select(check => check.OtherId)
            .ToHashSet(StringComparer.Ordinal);
    }

    public async Task<long> GetConnectionsVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var answer = await calls.RunAsync(
            Dependency,
            async token =>
                await client.CountConnectionsAsync(
                    new CountConnectionsRequest
                    {
                        MemberId = member,
                        Consistency = ConsistencyOf(atLeastRevision),
                    },
                    cancellationToken: token
                ),
            cancellationToken
        );
        // a service of an earlier version has none; the count misses one connection against another
        return answer.Version > 0 ? answer.Version : answer.Count;
    }

    public IAsyncEnumerable<RecipientPage> StreamConnectionsAsync(
        string member,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        calls.StreamAsync(
            Dependency,
            token =>
                client.StreamConnections(
                    new StreamConnectionsRequest
                    {
                        MemberId = member,
                        Cursor = cursor,
                        ChunkSize = limit,
                    },
                    cancellationToken: token
                ),
            chunk => new RecipientPage(chunk.ConnectionIds, chunk.Complete ? "" : chunk.Cursor),
            cancellationToken
        );

    internal static Consistency? ConsistencyOf(string atLeastRevision) =>
        atLeastRevision.Length == 0 ? null : new Consistency { AtLeastRevision = atLeastRevision };
}
