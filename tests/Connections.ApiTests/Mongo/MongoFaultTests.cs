using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Common.V1;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>
/// MongoDB goes away and comes back. Callers are told UNAVAILABLE within their deadline and repeat with their
/// <c>request_id</c>; afterwards no acknowledged write is missing, none is doubled, and counts equal lists.
/// </summary>
public sealed class MongoFaultTests : IAsyncLifetime
{
    // several times the command timeout below, and yet one that a caller may have
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(8);

    // a container of its own: others must not see it stop
    private readonly MongoContainer _mongo = new();
    private readonly TestIdentity _identity = new();
    private RunningService _service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _mongo.StartAsync(Cancel);
        Assert.SkipWhen(_mongo.Problem is not null, _mongo.Problem ?? "");
        _service = await RunningService.StartAsync(
            ConnectionsApp.Build,
            _identity,
            MongoConnectionsFixture.Settings(_mongo)
        );
        await UntilServingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
        await _mongo.DisposeAsync();
        _identity.Dispose();
    }

    [Fact]
    public async Task Restart_DuringInvitations_LosesAndDoublesNothing() =>
        await InviteWhileAsync(() => _mongo.RestartAsync(Cancel));

    [Fact]
    public async Task Pause_DuringInvitations_LosesAndDoublesNothing() =>
        await InviteWhileAsync(async () =>
        {
            await _mongo.PauseAsync(Cancel);
            // the length of the outage, and not something to wait for
            await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
            await _mongo.UnpauseAsync(Cancel);
        });

    [Fact]
    public async Task Pause_ReadsAndWrites_AreUnavailableWithinTheDeadline()
    {
        await InviteAsync("ann", "bob", "r1");
        await _mongo.PauseAsync(Cancel);

        await AssertUnavailableAsync(options =>
            Connections("ann")
                .CheckConnectionAsync(new CheckConnectionRequest { OtherId = "bob" }, options)
                .ResponseAsync
        );
        await AssertUnavailableAsync(options =>
            Invitations("eve")
                .SendInvitationAsync(
                    new SendInvitationRequest { InviteeId = "bob", RequestId = "r2" },
                    options
                )
                .ResponseAsync
        );
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync());

        await _mongo.UnpauseAsync(Cancel);
        await UntilServingAsync();
        await InviteAsync("eve", "bob", "r2");
        Assert.Equal(["ann", "eve"], await InvitersOfAsync("bob"));
    }

    [Fact]
    public async Task Start_MongoDbAway_ServesOnceItAnswers()
    {
        await _service.DisposeAsync();
        await _mongo.PauseAsync(Cancel);
        _service = await RunningService.StartAsync(
            ConnectionsApp.Build,
            _identity,
            MongoConnectionsFixture.Settings(_mongo)
        );

        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync());

        await _mongo.UnpauseAsync(Cancel);
        await UntilServingAsync();
        await InviteAsync("ann", "bob", "r1");
        Assert.Equal(["ann"], await InvitersOfAsync("bob"));
    }

    private async Task InviteWhileAsync(Func<Task> fault)
    {
        const int Inviters = 6;
        var acknowledged = new ConcurrentBag<string>();
        var refused = new ConcurrentBag<StatusCode>();
        using var enough = new CancellationTokenSource();
        var inviting = Enumerable
            .Range(0, Inviters)
            .Select(inviter =>
                Task.Run(
                    async () =>
                    {
                        for (var number = 0; !enough.IsCancellationRequested; number++)
                        {
                            var name = $"inviter-{inviter}-{number:0000}";
                            await InviteAsync(name, "hub", name, refused);
                            acknowledged.Add(name);
                        }
                    },
                    Cancel
                )
            )
            .ToArray();
        await Eventually.HoldsAsync(
            "invitations before the fault",
            () => Task.FromResult(acknowledged.Count >= 20)
        );

        await fault();

        var before = acknowledged.Count;
        await Eventually.HoldsAsync(
            "invitations after the fault",
            () => Task.FromResult(acknowledged.Count >= before + 20),
            TimeSpan.FromSeconds(60)
        );
        await enough.CancelAsync();
        await Task.WhenAll(inviting);
        Assert.All(refused, code => Assert.Equal(StatusCode.Unavailable, code));
        var inviters = await InvitersOfAsync("hub");
        Assert.Equal(acknowledged.Order(StringComparer.Ordinal), inviters);
        var counts = await Invitations("hub").CountInvitationsAsync(new CountInvitationsRequest());
        Assert.Equal(inviters.Count, Assert.Single(counts.Received).Count);
        foreach (var name in inviters)
        {
            var check = await Connections(name)
                .CheckConnectionAsync(new CheckConnectionRequest { OtherId = "hub" });
            Assert.Equal(ConnectionStatus.InvitationSent, check.Status);
        }
    }

    // repeats what was not acknowledged; a repetition of what was stored after all gets the first answer
    private async Task InviteAsync(
        string inviter,
        string invitee,
        string requestId,
        ConcurrentBag<StatusCode>? refused = null
    )
    {
        await Eventually.HoldsAsync(
            $"an invitation by {inviter}",
            async () =>
            {
                try
                {
                    await Invitations(inviter)
                        .SendInvitationAsync(
                            new SendInvitationRequest
                            {
                                InviteeId = invitee,
                                RequestId = requestId,
                            },
                            new CallOptions(deadline: DateTime.UtcNow + Deadline)
                        );
                    return true;
                }
                catch (RpcException refusal)
                    when (refused is not null && refusal.StatusCode != StatusCode.AlreadyExists)
                {
                    refused.Add(refusal.StatusCode);
                    return false;
                }
            },
            TimeSpan.FromSeconds(60)
        );
    }

    private static async Task AssertUnavailableAsync(Func<CallOptions, Task> call)
    {
        var clock = Stopwatch.StartNew();
        var refusal = await Refusal.OfAsync(() =>
            call(new CallOptions(deadline: DateTime.UtcNow + Deadline))
        );
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.True(clock.Elapsed < Deadline, $"It took {clock.Elapsed}.");
    }

    private async Task<List<string>> InvitersOfAsync(string member)
    {
        var inviters = new List<string>();
        var request = new ListReceivedInvitationsRequest { PageSize = 100 };
        do
        {
            var page = await Invitations(member).ListReceivedInvitationsAsync(request);
            inviters.AddRange(page.Invitations.Select(invitation => invitation.InviterId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        inviters.Sort(StringComparer.Ordinal);
        return inviters;
    }

    private Task UntilServingAsync() =>
        Eventually.HoldsAsync(
            "the service serves",
            async () => await HealthAsync() == HealthStatus.Healthy,
            TimeSpan.FromSeconds(60)
        );

    private async Task<HealthStatus> HealthAsync() =>
        (
            await _service
                .Services.GetRequiredService<HealthCheckService>()
                .CheckHealthAsync(Cancel)
        ).Status;

    private InvitationsService.InvitationsServiceClient Invitations(string member) =>
        new(_service.As(member));

    private ConnectionsService.ConnectionsServiceClient Connections(string member) =>
        new(_service.As(member));
}
