using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

public sealed class ExpiryTests
{
    [Fact]
    public async Task Invitation_After180Days_ExpiresForBoth()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var folder = new TemporaryFolder();
        using var identity = new TestIdentity(time);
        await using var service = await RunningService.StartAsync(
            ConnectionsApp.Build,
            identity,
            [
                new("Storage:Path", folder.File("connections.db")),
                new("Invitations:ExpiryInterval", "1.00:00:00"),
            ],
            time
        );
        var sent = await new InvitationsService.InvitationsServiceClient(
            service.As("ann")
        ).SendInvitationAsync(new SendInvitationRequest { InviteeId = "bob" });

        time.Advance(TimeSpan.FromDays(180));

        await Eventually.HoldsAsync(
            "the invitation expired",
            async () =>
            {
                time.Advance(TimeSpan.FromDays(1));
                var received = await Bob()
                    .ListReceivedInvitationsAsync(
                        new ListReceivedInvitationsRequest { State = InvitationState.Expired }
                    );
                return received.Invitations.Count == 1;
            }
        );
        var refusal = await Refusal.OfAsync(
            Bob()
                .AcceptInvitationAsync(
                    new AcceptInvitationRequest { InvitationId = sent.Invitation.InvitationId }
                )
        );
        Assert.Equal(ErrorReason.InvitationNotPending, refusal.Reason);
        Assert.Equal("expired", refusal.Info.Metadata["state"]);

        // with a token of the day
        InvitationsService.InvitationsServiceClient Bob() => new(service.As("bob"));
    }
}
