using System.Net.Http.Headers;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>Watching changes, and erasing members, from end to end.</summary>
public abstract class WatchScenarios : ScenarioSuite
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Watch_Resumed_TellsWhatHappenedMeanwhile()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var profile = await Endpoint.ActorAsync("profile", "service");
        string cursor;
        using (var watch = Watch(profile, new() { WatchedIds = { ada.Id } }))
        {
            Assert.NotNull((await NextAsync(watch)).Heartbeat);
            await ada.ConnectAsync(grace);
            Assert.Equal(ConnectionChangeKind.Invited, (await NextAsync(watch)).Change.Kind);
            cursor = watch.ResponseStream.Current.Cursor;
        }
        await grace.DisconnectAsync(ada);

        using var resumed = Watch(profile, new() { WatchedIds = { ada.Id }, Cursor = cursor });

        var told = new List<ConnectionChange>();
        while (await NextAsync(resumed) is { Change: { } change })
        {
            told.Add(change);
        }
        // it may tell some once more; the pair and the revision say which
        Assert.Equal(
            [ConnectionChangeKind.Connected, ConnectionChangeKind.Removed],
            told.Select(change => change.Kind).Except([ConnectionChangeKind.Invited])
        );
        Assert.Equal(grace.Id, told[^1].ActorId);
    }

    [Fact]
    public async Task Watch_Quiet_IsKeptOpenByHeartbeats()
    {
        var ada = await MemberAsync("ada");
        using var watch = Watch(
            ada,
            new() { HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }
        );

        for (var beats = 0; beats < 3; beats++)
        {
            Assert.NotNull((await NextAsync(watch)).Heartbeat);
        }
    }

    [Fact]
    public async Task Watch_OverRest_IsALineOfJsonAnEvent()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            "/v1/connections:watch?heartbeatInterval=60s&kinds=CONNECTION_CHANGE_KIND_CONNECTED"
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ada.Token);
        using var answer = await Endpoint.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead
        );
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.True((await NextLineAsync(lines)).TryGetProperty("heartbeat", out _));

        await ada.ConnectAsync(grace);

        var change = (await NextLineAsync(lines)).GetProperty("change");
        Assert.Equal("CONNECTION_CHANGE_KIND_CONNECTED", change.GetProperty("kind").GetString());
        Assert.Equal(grace.Id, change.GetProperty("actorId").GetString());
    }

    [Fact]
    public async Task Watch_CursorOfTheFuture_IsRefused()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);

        var refusal = await Refusal.OfAsync(async () =>
        {
            using var watch = Watch(ada, new() { Cursor = "AAAA" });
            await NextAsync(watch);
        });

        Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
    }

    [Fact]
    public async Task DeleteMember_Connected_LeavesNothingAndTellsWatchers()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var eve = await MemberAsync("eve");
        await ada.ConnectAsync(grace);
        await eve.Invitations.SendInvitationAsync(new SendInvitationRequest { InviteeId = ada.Id });
        var @operator = await Endpoint.ActorAsync("operator", "operator");
        using var watch = Watch(@operator, new() { WatchedIds = { ada.Id } });
        Assert.NotNull((await NextAsync(watch)).Heartbeat);

        await @operator.Members.DeleteMemberAsync(new() { ErasedId = ada.Id });

        MemberDeletion deletion = new();
        await Eventually.HoldsAsync(
            "the member is erased",
            async () =>
            {
                var answer = await @operator.Members.GetMemberDeletionAsync(
                    new() { ErasedId = ada.Id }
                );
                deletion = answer.Deletion;
                return deletion.State == MemberDeletionState.Done;
            }
        );
        Assert.Equal(2, deletion.RemovedCount);
        var kinds = new List<ConnectionChangeKind>();
        while (kinds.Count < 3)
        {
            if (await NextAsync(watch) is { Change: { } change })
            {
                kinds.Add(change.Kind);
            }
        }
        Assert.Equal(
            [
                ConnectionChangeKind.Removed,
                ConnectionChangeKind.Removed,
                ConnectionChangeKind.MemberDeleted,
            ],
            kinds
        );
        Assert.Equal(ConnectionStatus.None, await grace.StandingAsync(ada));
        Assert.Equal(0, (await grace.Connections.CountConnectionsAsync(new())).Count);
        Assert.Equal(
            ErrorReason.NotInvitable,
            (
                await Refusal.OfAsync(
                    grace.Invitations.SendInvitationAsync(
                        new SendInvitationRequest { InviteeId = ada.Id }
                    )
                )
            ).Reason
        );
        Assert.Equal(
            ErrorReason.MemberDeleted,
            (
                await Refusal.OfAsync(
                    ada.Invitations.SendInvitationAsync(
                        new SendInvitationRequest { InviteeId = grace.Id }
                    )
                )
            ).Reason
        );
    }

    private static AsyncServerStreamingCall<WatchConnectionsResponse> Watch(
        Actor actor,
        WatchConnectionsRequest request
    ) => actor.Connections.WatchConnections(request);

    private static async Task<WatchConnectionsResponse> NextAsync(
        AsyncServerStreamingCall<WatchConnectionsResponse> watch
    )
    {
        Assert.True(
            await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit),
            "The stream ended."
        );
        return watch.ResponseStream.Current;
    }
}
