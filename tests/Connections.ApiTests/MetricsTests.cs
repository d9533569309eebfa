using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Connections.Watch;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>What the service reports of what it does.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TemporaryFolder _folder = new();
    private readonly TestIdentity _identity;
    private RunningService _service = null!;
    private TestMeters _meters = null!;

    public MetricsTests() => _identity = new TestIdentity(_time);

    public async ValueTask InitializeAsync()
    {
        _service = await RunningService.StartAsync(
            ConnectionsApp.Build,
            _identity,
            [new("Storage:Path", _folder.File("connections.db"))],
            _time
        );
        _meters = new TestMeters(_service.Services.GetRequiredService<IMeterFactory>());
    }

    public async ValueTask DisposeAsync()
    {
        _meters?.Dispose();
        await _service.DisposeAsync();
        _identity.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Invitations_AreCountedByWhatBecameOfThem()
    {
        var accepted = await InviteAsync("ann", "bob");
        await Invitations("bob").AcceptInvitationAsync(new() { InvitationId = accepted });
        var declined = await InviteAsync("ann", "cid");
        await Invitations("cid").DeclineInvitationAsync(new() { InvitationId = declined });
        await Invitations("cid").UndoDeclineInvitationAsync(new() { InvitationId = declined });
        await Invitations("ann").WithdrawInvitationAsync(new() { InvitationId = declined });
        // crosses
        await InviteAsync("ann", "dan");
        await InviteAsync("dan", "ann");
        // a refusal, and a removal, are nothing that became of an invitation
        await Refusal.OfAsync(() => InviteAsync("ann", "bob"));
        await Connections("ann").RemoveConnectionAsync(new() { OtherId = "bob" });

        Assert.Equal(
            (3, 2, 1, 1, 1, 0),
            (
                Counted("sent"),
                Counted("accepted"),
                Counted("declined"),
                Counted("decline_undone"),
                Counted("withdrawn"),
                Counted("expired")
            )
        );
        double Counted(string outcome) => _meters.Sum("connections.invitations", outcome);
    }

    [Fact]
    public async Task Checks_AreCountedAPair()
    {
        var sent = await InviteAsync("ann", "bob");
        await Invitations("bob").AcceptInvitationAsync(new() { InvitationId = sent });

        await Connections("ann").CheckConnectionAsync(new() { OtherId = "bob" });
        await Connections("ann").CheckConnectionAsync(new() { OtherId = "cid" });
        await Connections("ann")
            .BatchCheckConnectionsAsync(new() { OtherIds = { "bob", "cid", "dan" } });
        await new ConnectionsService.ConnectionsServiceClient(
            _service.AsService()
        ).BatchCheckPairsAsync(
            new()
            {
                Pairs =
                {
                    new PairToCheck { MemberId = "bob", OtherId = "ann" },
                    new PairToCheck { MemberId = "bob", OtherId = "dan" },
                },
            }
        );

        Assert.Equal(3, _meters.Sum("connections.checks", "first_degree"));
        Assert.Equal(4, _meters.Sum("connections.checks", "other"));
    }

    [Fact]
    public async Task Lags_AreTheTimeSinceTheLastLook()
    {
        await Eventually.HoldsAsync(
            "the index is loaded, and looks",
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return Task.FromResult(
                    _meters.Latest("connections.network.lag") is < 1
                        && _meters.Latest("connections.watch.lag") is < 1
                );
            }
        );
        await _service
            .Services.GetRequiredService<ChangeFeed>()
            .StopAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(40));

        Assert.InRange(_meters.Latest("connections.network.lag")!.Value, 40, 41);
        Assert.InRange(_meters.Latest("connections.watch.lag")!.Value, 40, 41);
    }

    private InvitationsService.InvitationsServiceClient Invitations(string member) =>
        new(_service.As(member));

    private ConnectionsService.ConnectionsServiceClient Connections(string member) =>
        new(_service.As(member));

    private async Task<string> InviteAsync(string inviter, string invitee) =>
        (await Invitations(inviter).SendInvitationAsync(new() { InviteeId = invitee }))
            .Invitation
            .InvitationId;
}
