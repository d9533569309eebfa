using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

public sealed class MuteTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    private static readonly Entity Acme = new() { Kind = EntityKind.Company, Id = "acme" };
    private static readonly Entity Tag = new() { Kind = EntityKind.Hashtag, Id = "Café" };

    [Fact]
    public async Task Mute_FollowedAndNot_IsToldByChecksAndLists()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        var client = server.As(ann);
        var member = new Entity { Kind = EntityKind.Member, Id = bob };
        await client.FollowAsync(new FollowRequest { Entity = member });

        var muted = await client.MuteAsync(
            new MuteRequest { Entity = member, Scope = MuteScope.Posts }
        );
        await client.MuteAsync(new MuteRequest { Entity = Tag });

        Assert.Equal(MuteScope.Posts, muted.Mute.Scope);
        Assert.Null(muted.Mute.EndTime);
        var checks = await client.BatchCheckFollowsAsync(
            new BatchCheckFollowsRequest { Entities = { member, Tag, Acme } }
        );
        Assert.Equal([true, true, false], checks.Checks.Select(check => check.Muted));
        Assert.Equal(
            [MuteScope.Posts, MuteScope.All, MuteScope.Unspecified],
            checks.Checks.Select(check => check.MuteScope)
        );
        // the follow and its counts stay, and the muted is not told
        Assert.True(checks.Checks[0].Following);
        var following = await client.ListFollowingAsync(
            new ListFollowingRequest { Kind = EntityKind.Member }
        );
        Assert.True(Assert.Single(following.Followed).Muted);
        var seenByBob = await server
            .As(bob)
            .CheckFollowAsync(
                new CheckFollowRequest
                {
                    Entity = new Entity { Kind = EntityKind.Member, Id = ann },
                }
            );
        Assert.False(seenByBob.Check.Muted);
        var all = await client.ListMutedAsync(new ListMutedRequest());
        Assert.Equal([bob, "café"], all.Mutes.Select(mute => mute.Entity.Id));
        var tags = await client.ListMutedAsync(new ListMutedRequest { Kind = EntityKind.Hashtag });
        Assert.Equal("café", Assert.Single(tags.Mutes).Entity.Id);
    }

    [Fact]
    public async Task Mute_Again_SetsScopeAndEndAnewAndKeepsItsBeginning()
    {
        var client = server.As(FollowsServer.NewId());
        var first = await client.MuteAsync(new MuteRequest { Entity = Acme });
        var end = Timestamp.FromDateTimeOffset(
            DateTimeOffset.FromUnixTimeMilliseconds(
                TimeProvider.System.GetUtcNow().AddDays(3).ToUnixTimeMilliseconds()
            )
        );

        var second = await client.MuteAsync(
            new MuteRequest
            {
                Entity = Acme,
                Scope = MuteScope.ProfileUpdates,
                EndTime = end,
            }
        );

        Assert.Equal(first.Mute.CreateTime, second.Mute.CreateTime);
        Assert.Equal((MuteScope.ProfileUpdates, end), (second.Mute.Scope, second.Mute.EndTime));
        Assert.Equal(
            second.Mute,
            Assert.Single((await client.ListMutedAsync(new ListMutedRequest())).Mutes)
        );
        var check = await client.CheckFollowAsync(new CheckFollowRequest { Entity = Acme });
        Assert.Equal(end, check.Check.MuteEndTime);
    }

    [Fact]
    public async Task Mute_EndPasses_IsNoMute()
    {
        var client = server.As(FollowsServer.NewId());
        await client.MuteAsync(
            new MuteRequest
            {
                Entity = Acme,
                EndTime = TimeProvider.System.GetUtcNow().AddSeconds(1).ToTimestamp(),
            }
        );

        await Eventually.HoldsAsync(
            "the mute ends by itself",
            async () =>
                !(await client.CheckFollowAsync(new CheckFollowRequest { Entity = Acme }))
                    .Check
                    .Muted
        );

        Assert.Empty((await client.ListMutedAsync(new ListMutedRequest())).Mutes);
        var refusal = await Refusal.OfAsync(
            client.UnmuteAsync(new UnmuteRequest { Entity = Acme })
        );
        Assert.Equal(ErrorReason.NotMuted, refusal.Reason);
    }

    [Fact]
    public async Task Unmute_TwiceAndWithARequestId_AnswersAsTheContractSays()
    {
        var client = server.As(FollowsServer.NewId());
        await client.MuteAsync(new MuteRequest { Entity = Acme });
        var request = new UnmuteRequest { Entity = Acme, RequestId = "u-1" };

        var first = await client.UnmuteAsync(request);
        var repeated = await client.UnmuteAsync(request);
        var again = await Refusal.OfAsync(client.UnmuteAsync(new UnmuteRequest { Entity = Acme }));

        Assert.Equal(first, repeated);
        Assert.Equal(ErrorReason.NotMuted, again.Reason);
        var reused = await Refusal.OfAsync(
            client.UnmuteAsync(new UnmuteRequest { Entity = Tag, RequestId = "u-1" })
        );
        Assert.Equal(ErrorReason.RequestIdReused, reused.Reason);
    }

    [Fact]
    public async Task Mute_RepeatedRequestId_AnswersTheFirstAnswer()
    {
        var client = server.As(FollowsServer.NewId());
        var request = new MuteRequest { Entity = Acme, RequestId = "m-1" };
        var first = await client.MuteAsync(request);
        await client.UnmuteAsync(new UnmuteRequest { Entity = Acme });

        Assert.Equal(first, await client.MuteAsync(request));
        Assert.Empty((await client.ListMutedAsync(new ListMutedRequest())).Mutes);
    }

    [Fact]
    public async Task Mute_BadInput_IsRefused()
    {
        var ann = FollowsServer.NewId();
        var client = server.As(ann);

        var self = await Refusal.OfAsync(
            client.MuteAsync(
                new MuteRequest
                {
                    Entity = new Entity { Kind = EntityKind.Member, Id = ann },
                }
            )
        );
        var past = await Refusal.OfAsync(
            client.MuteAsync(
                new MuteRequest
                {
                    Entity = Acme,
                    EndTime = TimeProvider.System.GetUtcNow().AddSeconds(-1).ToTimestamp(),
                }
            )
        );
        var scope = await Refusal.OfAsync(
            client.MuteAsync(new MuteRequest { Entity = Acme, Scope = (MuteScope)9 })
        );

        Assert.Equal(ErrorReason.SelfFollow, self.Reason);
        Assert.Equal(["end_time"], past.Fields);
        Assert.Equal(["scope"], scope.Fields);
    }

    [Fact]
    public async Task Mute_MoreThanAllowed_IsRefusedAndMutesThatEndedMakeRoom()
    {
        await using var replica = await server.StartReplicaAsync(
            new KeyValuePair<string, string?>("Follows:MaxMutes", "2")
        );
        var client = new FollowsService.FollowsServiceClient(replica.As(FollowsServer.NewId()));
        await client.MuteAsync(new MuteRequest { Entity = Acme });
        await client.MuteAsync(
            new MuteRequest
            {
                Entity = Tag,
                EndTime = TimeProvider.System.GetUtcNow().AddSeconds(1).ToTimestamp(),
            }
        );
        var third = new MuteRequest
        {
            Entity = new Entity { Kind = EntityKind.Group, Id = "climbers" },
        };

        var refusal = await Refusal.OfAsync(client.MuteAsync(third));

        Assert.Equal(ErrorReason.FollowLimit, refusal.Reason);
        await Eventually.HoldsAsync(
            "the ended mute makes room",
            async () =>
            {
                try
                {
                    await client.MuteAsync(third);
                    return true;
                }
                catch (Grpc.Core.RpcException exception)
                    when (exception.StatusCode == Grpc.Core.StatusCode.ResourceExhausted)
                {
                    return false;
                }
            }
        );
    }

    [Fact]
    public async Task ListMuted_Pages_ListAllInOrderAndBindTheirTokens()
    {
        var client = server.As(FollowsServer.NewId());
        var entities = new[] { EntityKind.Member, EntityKind.Company, EntityKind.Group }
            .SelectMany(kind =>
                Enumerable.Range(0, 4).Select(id => new Entity { Kind = kind, Id = $"e{id}" })
            )
            .ToList();
        foreach (var entity in Enumerable.Reverse(entities))
        {
            await client.MuteAsync(new MuteRequest { Entity = entity });
        }

        var listed = new List<Entity>();
        var token = "";
        do
        {
            var page = await client.ListMutedAsync(
                new ListMutedRequest { PageSize = 5, PageToken = token }
            );
            listed.AddRange(page.Mutes.Select(mute => mute.Entity));
            token = page.NextPageToken;
            if (listed.Count == 5)
            {
                var foreign = await Refusal.OfAsync(
                    client.ListMutedAsync(
                        new ListMutedRequest { Kind = EntityKind.Group, PageToken = token }
                    )
                );
                Assert.Equal(ErrorReason.InvalidPageToken, foreign.Reason);
            }
        } while (token.Length > 0);

        Assert.Equal(entities, listed);
    }
}
