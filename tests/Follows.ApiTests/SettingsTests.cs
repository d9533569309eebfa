using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

public sealed class SettingsTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    [Fact]
    public async Task Get_NothingSet_IsTheDefault()
    {
        var answer = await server
            .SettingsOf(FollowsServer.NewId())
            .GetFollowSettingsAsync(new GetFollowSettingsRequest());

        Assert.Equal(
            new FollowSettings
            {
                FollowerCountVisibility = FollowerCountVisibility.Everyone,
                FollowAudience = FollowAudience.Everyone,
            },
            answer.Settings
        );
    }

    [Fact]
    public async Task Update_MaskAndNone_ChangesWhatIsNamed()
    {
        var client = server.SettingsOf(FollowsServer.NewId());
        var hidden = new FollowSettings
        {
            FollowerCountVisibility = FollowerCountVisibility.OnlyMe,
            FollowAudience = FollowAudience.Nobody,
        };

        var masked = await client.UpdateFollowSettingsAsync(
            new UpdateFollowSettingsRequest
            {
                Settings = hidden,
                UpdateMask = new FieldMask { Paths = { "follow_audience" } },
            }
        );
        var unmasked = await client.UpdateFollowSettingsAsync(
            new UpdateFollowSettingsRequest
            {
                Settings = new FollowSettings
                {
                    FollowerCountVisibility = FollowerCountVisibility.OnlyMe,
                },
            }
        );
        var reset = await client.UpdateFollowSettingsAsync(
            new UpdateFollowSettingsRequest
            {
                Settings = new FollowSettings(),
                UpdateMask = new FieldMask { Paths = { "follow_audience" } },
            }
        );

        Assert.Equal(FollowerCountVisibility.Everyone, masked.Settings.FollowerCountVisibility);
        Assert.Equal(FollowAudience.Nobody, masked.Settings.FollowAudience);
        Assert.Equal(hidden, unmasked.Settings);
        Assert.Equal(FollowAudience.Everyone, reset.Settings.FollowAudience);
        Assert.Equal(
            reset.Settings,
            (await client.GetFollowSettingsAsync(new GetFollowSettingsRequest())).Settings
        );
    }

    [Fact]
    public async Task Update_RepeatedRequestId_AnswersTheFirstAnswer()
    {
        var client = server.SettingsOf(FollowsServer.NewId());
        var request = Audience(FollowAudience.Nobody);
        request.RequestId = "s-1";
        var first = await client.UpdateFollowSettingsAsync(request);
        await client.UpdateFollowSettingsAsync(Audience(FollowAudience.Everyone));

        var repeated = await client.UpdateFollowSettingsAsync(request);
        request.Settings.FollowAudience = FollowAudience.Connections;
        var reused = await Refusal.OfAsync(client.UpdateFollowSettingsAsync(request));

        Assert.Equal(first.Settings, repeated.Settings);
        Assert.Equal(ErrorReason.RequestIdReused, reused.Reason);
        Assert.Equal(
            FollowAudience.Everyone,
            (await client.GetFollowSettingsAsync(new GetFollowSettingsRequest()))
                .Settings
                .FollowAudience
        );
    }

    [Fact]
    public async Task Update_BadInput_IsRefusedWithItsField()
    {
        var client = server.SettingsOf(FollowsServer.NewId());

        var missing = await Refusal.OfAsync(
            client.UpdateFollowSettingsAsync(new UpdateFollowSettingsRequest())
        );
        var unknown = await Refusal.OfAsync(
            client.UpdateFollowSettingsAsync(Audience((FollowAudience)9))
        );
        var path = await Refusal.OfAsync(
            client.UpdateFollowSettingsAsync(
                new UpdateFollowSettingsRequest
                {
                    Settings = new FollowSettings(),
                    UpdateMask = new FieldMask { Paths = { "nothing" } },
                }
            )
        );

        Assert.Equal(["settings"], missing.Fields);
        Assert.Equal(["settings.follow_audience"], unknown.Fields);
        Assert.Equal(["update_mask"], path.Fields);
    }

    [Fact]
    public async Task Audience_Nobody_RefusesNewFollowsAndLeavesThoseThatStand()
    {
        var (ann, bob, cid) = (FollowsServer.NewId(), FollowsServer.NewId(), FollowsServer.NewId());
        var request = new FollowRequest { Entity = Member(bob), RequestId = "f-1" };
        var first = await server.As(ann).FollowAsync(request);

        await server.SettingsOf(bob).UpdateFollowSettingsAsync(Audience(FollowAudience.Nobody));

        var refusal = await Refusal.OfAsync(
            server.As(cid).FollowAsync(new FollowRequest { Entity = Member(bob) })
        );
        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.NotFollowable),
            (refusal.Code, refusal.Reason)
        );
        // who follows already is not refused, nor is the repeated request
        Assert.Equal(first.Revision, (await server.As(ann).FollowAsync(request)).Revision);
        Assert.True(
            (
                await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) })
            ).AlreadyFollowing
        );
        // and the member can still follow others
        await server.As(bob).FollowAsync(new FollowRequest { Entity = Member(cid) });
    }

    [Fact]
    public async Task Audience_Connections_AllowsThemOnly()
    {
        var (ann, bob, cid) = (FollowsServer.NewId(), FollowsServer.NewId(), FollowsServer.NewId());
        await server
            .SettingsOf(bob)
            .UpdateFollowSettingsAsync(Audience(FollowAudience.Connections));
        await server.ConnectAsync(ann, bob);

        var connected = await server
            .As(ann)
            .FollowAsync(new FollowRequest { Entity = Member(bob) });
        var refusal = await Refusal.OfAsync(
            server.As(cid).FollowAsync(new FollowRequest { Entity = Member(bob) })
        );

        Assert.False(connected.AlreadyFollowing);
        Assert.Equal(ErrorReason.NotFollowable, refusal.Reason);
        foreach (var (viewer, can) in new[] { (ann, true), (cid, false) })
        {
            var check = await server
                .As(viewer)
                .CheckFollowAsync(
                    new CheckFollowRequest { Entity = Member(bob), IncludeCanFollow = true }
                );
            Assert.Equal(can, check.Check.CanFollow);
            Assert.Equal(can ? "" : "NOT_FOLLOWABLE", check.Check.RefusalReason);
        }
    }

    [Fact]
    public async Task Audience_ConnectionsAway_FailsClosedForThoseAlone()
    {
        var (ann, bob, cid) = (FollowsServer.NewId(), FollowsServer.NewId(), FollowsServer.NewId());
        await using var replica = await server.StartReplicaAsync(
            new KeyValuePair<string, string?>("Services:Connections:Address", "http://127.0.0.1:1"),
            new KeyValuePair<string, string?>("Follows:ConnectionsTimeout", "00:00:00.300")
        );
        var client = new FollowsService.FollowsServiceClient(replica.As(ann));
        await server
            .SettingsOf(bob)
            .UpdateFollowSettingsAsync(Audience(FollowAudience.Connections));

        var refusal = await Refusal.OfAsync(
            client.FollowAsync(new FollowRequest { Entity = Member(bob) })
        );
        var batch = await client.BatchFollowAsync(
            new BatchFollowRequest { Entities = { Member(bob), Member(cid) } }
        );
        var checks = await client.BatchCheckFollowsAsync(
            new BatchCheckFollowsRequest
            {
                Entities = { Member(bob), Member(cid) },
                IncludeCanFollow = true,
            }
        );

        Assert.Equal(
            (StatusCode.Unavailable, ErrorReason.DependencyUnavailable),
            (refusal.Code, refusal.Reason)
        );
        Assert.Equal("connections", refusal.Info.Metadata["dependency"]);
        Assert.Equal(
            [(int)StatusCode.Unavailable, (int)StatusCode.OK],
            batch.Results.Select(result => result.Status.Code)
        );
        Assert.Equal(
            [(false, "DEPENDENCY_UNAVAILABLE"), (true, "")],
            checks.Checks.Select(check => (check.CanFollow, check.RefusalReason))
        );
        Assert.Equal([false, true], checks.Checks.Select(check => check.Following));
    }

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    private static UpdateFollowSettingsRequest Audience(FollowAudience audience) =>
        new() { Settings = new FollowSettings { FollowAudience = audience } };
}
