using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Watching where the process or its clock is the test's own.</summary>
public sealed class WatchEndingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TestIdentity _identity;

    public WatchEndingTests() => _identity = new TestIdentity(_time);

    public void Dispose()
    {
        _identity.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Stop_WithWatchers_TellsThemAtOnce()
    {
        await using var service = await StartAsync(TimeProvider.System);
        using var idle = await Watcher.StartAsync(Client(service, "ann"));
        using var other = await Watcher.StartAsync(Client(service, "bob"));

        service.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        foreach (var watch in new[] { idle, other })
        {
            var refusal = await Refusal.OfAsync(watch.NextAsync);
            Assert.Equal(
                (ErrorReason.ShuttingDown, StatusCode.Unavailable),
                (refusal.Reason, refusal.Code)
            );
        }
    }

    [Fact]
    public async Task Watch_NothingHappens_BeatsWhenTheIntervalHasPassed()
    {
        await using var service = await StartAsync(_time);
        using var watch = await Watcher.StartAsync(
            Client(service, "ann"),
            new WatchConnectionsRequest
            {
                HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(20)),
            }
        );
        for (var beats = 0; beats < 3; beats++)
        {
            var began = _time.GetUtcNow();
            var next = watch.NextEventAsync();
            await Eventually.HoldsAsync(
                "a heartbeat",
                () =>
                {
                    if (!next.IsCompleted)
                    {
                        _time.Advance(TimeSpan.FromMilliseconds(500));
                    }
                    return Task.FromResult(next.IsCompleted);
                }
            );
            var beat = await next;
            Assert.Equal(WatchConnectionsResponse.EventOneofCase.Heartbeat, beat.EventCase);
            var after = beat.Heartbeat.ServerTime.ToDateTimeOffset() - began;
            Assert.True(after >= TimeSpan.FromSeconds(19), $"It came after {after}.");
        }
    }

    [Fact]
    public async Task Watch_Restarted_ResumesFromTheCursorOfTheProcessBefore()
    {
        string cursor;
        await using (var first = await StartAsync(TimeProvider.System))
        {
            using var watch = await Watcher.StartAsync(Client(first, "ann"));
            await InviteAsync(first, "ann", "bob");
            await watch.NextAsync();
            cursor = watch.Cursor;
            await InviteAsync(first, "ann", "dan");
        }
        await using var second = await StartAsync(TimeProvider.System);
        await InviteAsync(second, "ann", "eve");

        using var resumed = Watcher.Open(
            Client(second, "ann"),
            new WatchConnectionsRequest { Cursor = cursor }
        );

        Assert.Equal("dan", (await resumed.NextAsync()).SecondId);
        Assert.Equal("eve", (await resumed.NextAsync()).SecondId);
    }

    private Task<RunningService> StartAsync(TimeProvider time) =>
        RunningService.StartAsync(
            ConnectionsApp.Build,
            _identity,
            [new("Storage:Path", _folder.File("connections.db"))],
            time
        );

    private static ConnectionsService.ConnectionsServiceClient Client(
        RunningService service,
        string member
    ) => new(service.As(member));

    private static async Task InviteAsync(RunningService service, string inviter, string invitee) =>
        await new InvitationsService.InvitationsServiceClient(
            service.As(inviter)
        ).SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });
}
