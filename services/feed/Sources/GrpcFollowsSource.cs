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

    public async Task<FollowAnswers> WhichFollowedAsync(
        string member,
        IReadOnlyCollection<EntityRef> entities,
        string atLeastRevision,
        CancellationToken cancellationToken
    )
    {
        var answers = await Task.WhenAll(
            entities
                .Chunk(MostChecks)
                .Select(part =>
                    calls.RunAsync(
                        Dependency,
                        async token =>
                            await client.BatchCheckFollowsAsync(
                                new BatchCheckFollowsRequest
                                {
                                    MemberId = member,
                                    Entities = { part.Select(PostMapping.ToProto) },
                                    Consistency = GrpcConnectionsSource.ConsistencyOf(
                                        atLeastRevision
                                    ),
                                },
                                cancellationToken: token
                            ),
                        cancellationToken
                    )
                )
        );
        var checks = answers.SelectMany(answer => answer.Checks).ToList();
        return new FollowAnswers(
            checks
                .Where(check => check.Following)
                .Select(check => PostMapping.ToDomain(check.Entity))
                .ToHashSet(),
            checks
                // a mute of profile updates alone leaves posts
                .Where(check => check.Muted && check.MuteScope != MuteScope.ProfileUpdates)
                .Select(check => PostMapping.ToDomain(check.Entity))
                .ToHashSet()
        );
    }

    public async Task<long> CountFollowingAsync(string member, CancellationToken cancellationToken)
    {
        var answer = await calls.RunAsync(
            Dependency,
            async token =>
                await client.GetFollowCountsAsync(
                    new GetFollowCountsRequest { MemberId = member },
                    cancellationToken: token
                ),
            cancellationToken
        );
        return answer.Following.Sum(count => count.Count);
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

    public Task<RecipientPage> ListFollowersAsync(
        EntityRef entity,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        calls.RunAsync(
            Dependency,
            async token =>
            {
                // one chunk is taken; leaving the stream ends it
                using var stream = client.StreamFollowers(
                    new StreamFollowersRequest
                    {
                        Entity = PostMapping.ToProto(entity),
                        Cursor = cursor,
                        ChunkSize = limit,
                    },
                    cancellationToken: token
                );
                return await stream.ResponseStream.MoveNext(token)
                    ? new RecipientPage(
                        stream.ResponseStream.Current.FollowerIds,
                        stream.ResponseStream.Current.Complete
                            ? ""
                            : stream.ResponseStream.Current.Cursor
                    )
                    : throw GrpcConnectionsSource.StreamBroke();
            },
            cancellationToken
        );
}
