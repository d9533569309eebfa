using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Follows.Entities;
using Platform.Follows.Members;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>Whom the real connections service erases is erased from follows, by its record of changes.</summary>
public sealed class ErasureTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IMemberStore Members => server.Service.Services.GetRequiredService<IMemberStore>();

    [Fact]
    public async Task DeleteMemberOfConnections_FollowsBothWays_EndsAllOfThemInPieces()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        var bulk = new FollowsService.FollowsServiceClient(server.Service.As(ann, tier: "bulk"));
        // more than a piece
        foreach (var some in Enumerable.Range(0, FollowEraser.Piece + 100).Chunk(100))
        {
            await bulk.BatchFollowAsync(
                new BatchFollowRequest
                {
                    Entities =
                    {
                        some.Select(id => new Entity { Kind = EntityKind.Company, Id = $"{id}" }),
                    },
                }
            );
        }
        await server.As(bob).FollowAsync(new FollowRequest { Entity = Member(ann) });

        await new MembersService.MembersServiceClient(
            server.Connections.AsOperator()
        ).DeleteMemberAsync(new() { ErasedId = ann });

        await IsErasedAsync(ann);
        Assert.Equal(
            [0L, 0L],
            await server.Store.CountFollowersAsync(
                [Followable.Member(ann), new Followable(FollowKind.Company, "7")],
                Token
            )
        );
        Assert.All(
            await server.Store.CountFollowingAsync(ann, Token),
            count => Assert.Equal(0, count.Value)
        );
        var asFollower = await Refusal.OfAsync(
            bulk.FollowAsync(
                new FollowRequest
                {
                    Entity = new Entity { Kind = EntityKind.Company, Id = "7" },
                }
            )
        );
        var asFollowee = await Refusal.OfAsync(
            server.As(bob).FollowAsync(new FollowRequest { Entity = Member(ann) })
        );
        Assert.Equal(
            (ErrorReason.MemberDeleted, ErrorReason.NotFollowable),
            (asFollower.Reason, asFollowee.Reason)
        );
    }

    /// <summary>What is remembered of an erasure is all that a replica needs that did not begin it.</summary>
    [Fact]
    public async Task Erasure_BegunByAReplicaThatIsGone_IsFinishedByAnother()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) });

        await Members.RememberErasureAsync(ann, Token);

        await IsErasedAsync(ann);
        Assert.Equal([0L], await server.Store.CountFollowersAsync([Followable.Member(bob)], Token));
    }

    private Task IsErasedAsync(string member) =>
        Eventually.HoldsAsync(
            "the erasure is finished",
            async () =>
                (await Members.GetAsync([member], Token))[0].IsDeleted
                && !(await Members.SampleErasuresAsync(100, Token)).Contains(member)
        );

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };
}
