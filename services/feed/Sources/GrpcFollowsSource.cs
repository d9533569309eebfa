using Grpc.Core;
using Platform.Feed.Posts;
using Platform.Follows.V1;

namespace Platform.Feed.Sources;

/// <summary>The follows service, over gRPC.</summary>
public sealed class GrpcFollowsSource(FollowsService.FollowsServiceClient client, SourceCall calls)
    : IFollowsSource
{
    private const string Dependency = "follows";
    private const int MostChecks = 500;
    private const int ChunkSize = 5000;

    public async Task<IReadOnlyDictionary<EntityRef, FollowStanding>> StandingsAsync(
        string member,
        IReadOnlyCollection<EntityRef> entities,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var standings = new Dictionary<EntityRef, FollowStanding>(entities.Count);
        var answers = await BatchedAsync(
            entities,
            async (part, token) =>
                await client.BatchCheckFollowsAsync(
                    new BatchCheckFollowsRequest
                    {
                        MemberId = member,
                        Entities = { part },
                        Consistency = GrpcConnectionsSource.ConsistencyOf(atLeastRevision),
                    },
                    cancellationToken: token
                ),
            cancellationToken
        );
        foreach (var (entity, check) in entities.Zip(answers.SelectMany(answer => answer.Checks)))
        {
            standings[entity] = new FollowStanding(
                check.Following,
                check.Muted && check.MuteScope != MuteScope.ProfileUpdates,
                check.Muted && check.MuteScope != MuteScope.Posts,
                check.MuteEndTime?.ToDateTimeOffset()
            );
        }
        return standings;
    }

    public async Task<long> GetFollowingVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var answer = await calls.RunAsync(
            Dependency,
            async token =>
                await client.GetFollowCountsAsync(
                    new GetFollowCountsRequest
                    {
                        MemberId = member,
                        Consistency = GrpcConnectionsSource.ConsistencyOf(atLeastRevision),
                    },
                    cancellationToken: token
                ),
            cancellationToken
        );
        return answer.FollowingVersion > 0
            ? answer.FollowingVersion
            // from a service of an earlier version; it misses one follow against one unfollow
            : answer.Following.Sum(count => count.Count);
    }

    public async Task<IReadOnlyDictionary<EntityRef, long>> CountFollowersAsync(
        IReadOnlyCollection<EntityRef> entities,
        CancellationToken cancellationToken
    )
    {
        var counts = new Dictionary<EntityRef, long>(entities.Count);
        var answers = await BatchedAsync(
            entities,
            async (part, token) =>
                await client.BatchGetFollowerCountsAsync(
                    new BatchGetFollowerCountsRequest { Entities = { part } },
                    cancellationToken: token
                ),
            cancellationToken
        );
        foreach (var (entity, count) in entities.Zip(answers.SelectMany(answer => answer.Counts)))
        {
            counts[entity] = count.Count;
        }
        return counts;
    }

    public async Task<IReadOnlyList<EntityRef>> ListFollowingAsync(
        string member,
        CancellationToken cancellationToken
    ) =>
        await calls.RunAsync(
            Dependency,
            async token =>
            {
                using var stream = client.StreamFollowing(
                    new StreamFollowingRequest { MemberId = member, ChunkSize = ChunkSize },
                    cancellationToken: token
                );
                var entities = new List<EntityRef>();
                while (await stream.ResponseStream.MoveNext(token))
                {
                    var chunk = stream.ResponseStream.Current;
                    var kind = (EntityKind)(int)chunk.Kind;
                    entities.AddRange(chunk.EntityIds.Select(id => new EntityRef(kind, id)));
                    if (chunk.Complete)
                    {
                        return entities;
                    }
                }
                throw new RpcException(new Status(StatusCode.Unavailable, "The stream broke off."));
            },
            cancellationToken
        );

    public IAsyncEnumerable<RecipientPage> StreamFollowersAsync(
        EntityRef entity,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        calls.StreamAsync(
            Dependency,
            token =>
                client.StreamFollowers(
                    new StreamFollowersRequest
                    {
                        Entity = PostMapping.ToProto(entity),
                        Cursor = cursor,
                        ChunkSize = limit,
                    },
                    cancellationToken: token
                ),
            chunk => new RecipientPage(chunk.FollowerIds, chunk.Complete ? "" : chunk.Cursor),
            cancellationToken
        );

    /// <summary>Asks for so many at a time as follows allows; the answers come in the order of the entities.</summary>
    private Task<T[]> BatchedAsync<T>(
        IReadOnlyCollection<EntityRef> entities,
        Func<IEnumerable<Common.V1.Entity>, CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken
    ) =>
        Task.WhenAll(
            entities
                .Chunk(MostChecks)
                .Select(part =>
                    calls.RunAsync(
                        Dependency,
                        token => ask(part.Select(PostMapping.ToProto), token),
                        cancellationToken
                    )
                )
        );
}
