using System.Globalization;
using System.Net;
using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>The ledger of invitations and its limits, through the gateway.</summary>
public abstract class InvitationScenarios : ScenarioSuite
{
    [Fact]
    public async Task Invitation_DeclinedUndoneAndAccepted_IsInTheListsAsItGoes()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var id = await InviteAsync(ada, grace, "We met at the conference.");

        var pending = Assert.Single(
            (
                await grace.Invitations.ListReceivedInvitationsAsync(
                    new ListReceivedInvitationsRequest()
                )
            ).Invitations
        );
        Assert.Equal("We met at the conference.", pending.Note);
        Assert.InRange(pending.Age.ToTimeSpan(), TimeSpan.Zero, TimeSpan.FromMinutes(5));

        await grace.Invitations.DeclineInvitationAsync(
            new DeclineInvitationRequest
            {
                InvitationId = id,
                Reason = DeclineReason.NotNow,
                Text = "In a month, perhaps",
            }
        );
        var declined = Assert.Single(
            (
                await ada.Invitations.ListSentInvitationsAsync(
                    new ListSentInvitationsRequest { State = InvitationState.Declined }
                )
            ).Invitations
        );
        Assert.Equal(
            (DeclineReason.NotNow, "In a month, perhaps"),
            (declined.DeclineReason, declined.DeclineText)
        );
        var barred = await Refusal.OfAsync(
            ada.Invitations.SendInvitationAsync(new SendInvitationRequest { InviteeId = grace.Id })
        );
        Assert.Equal(ErrorReason.CoolDown, barred.Reason);
        Assert.InRange(
            TimeOf(barred, "until") - DateTime.UtcNow,
            TimeSpan.FromDays(89),
            TimeSpan.FromDays(90)
        );

        await grace.Invitations.UndoDeclineInvitationAsync(
            new UndoDeclineInvitationRequest { InvitationId = id }
        );
        var counts = await grace.Invitations.CountInvitationsAsync(new CountInvitationsRequest());
        Assert.Equal(
            (InvitationState.Pending, 1),
            (counts.Received.Single().State, counts.Received.Single().Count)
        );
        await grace.Invitations.AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = id }
        );

        Assert.Equal(ConnectionStatus.Connected, await ada.StandingAsync(grace));
    }

    [Fact]
    public async Task Reminder_InTheFirstWeek_SaysFromWhen()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var id = await InviteAsync(ada, grace);

        var refusal = await Refusal.OfAsync(
            ada.Invitations.RemindInvitationAsync(new RemindInvitationRequest { InvitationId = id })
        );

        Assert.Equal(ErrorReason.ReminderTooEarly, refusal.Reason);
        Assert.InRange(
            TimeOf(refusal, "from") - DateTime.UtcNow,
            TimeSpan.FromDays(6.9),
            TimeSpan.FromDays(7)
        );
        Assert.Equal(
            ErrorReason.NotTheInviter,
            (
                await Refusal.OfAsync(
                    grace.Invitations.RemindInvitationAsync(
                        new RemindInvitationRequest { InvitationId = id }
                    )
                )
            ).Reason
        );
    }

    [Fact]
    public async Task Batch_Repeated_GivesTheFirstAnswersItemByItem()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        var request = new BatchSendInvitationsRequest
        {
            RequestId = $"batch-{Run}",
            Drafts =
            {
                new InvitationDraft { InviteeId = $"{ada.Id}-one", Note = "Hello one" },
                new InvitationDraft { InviteeId = grace.Id, Note = "Hello two" },
            },
        };

        var first = await ada.Invitations.BatchSendInvitationsAsync(request);
        var again = await ada.Invitations.BatchSendInvitationsAsync(request);

        Assert.Equal(ErrorReason.AlreadyConnected, ReasonOf(first.Results[1].Error));
        Assert.Equal(
            first.Results[0].Invitation.InvitationId,
            again.Results[0].Invitation.InvitationId
        );
        Assert.Equal(first.Revision, again.Revision);
        // the connection was an invitation too
        Assert.Equal(2, again.Quotas[0].Used);

        request.Drafts[1].Note = "Hello one";
        Assert.Equal(
            ErrorReason.GenericNote,
            (await Refusal.OfAsync(ada.Invitations.BatchSendInvitationsAsync(request))).Reason
        );
        var tooLarge = await Refusal.OfAsync(
            ada.Invitations.BatchSendInvitationsAsync(
                new BatchSendInvitationsRequest { Drafts = { Drafts(ada, 41) } }
            )
        );
        Assert.Equal(ErrorReason.BatchTooLarge, tooLarge.Reason);
        Assert.Equal("40", tooLarge.Info.Metadata["limit"]);
    }

    [Fact]
    public async Task Week_150InvitationsAtOnce_Are100()
    {
        var ada = await MemberAsync("ada");

        var outcomes = await Race.RefusalsAsync(
            150,
            caller =>
                ada.Invitations.SendInvitationAsync(
                    new SendInvitationRequest { InviteeId = $"{ada.Id}-{caller}" }
                ).ResponseAsync
        );

        var refusals = outcomes.OfType<Refusal>().ToList();
        Assert.Equal(50, refusals.Count);
        Assert.All(
            refusals,
            refusal =>
            {
                Assert.Equal(ErrorReason.InvitationQuota, refusal.Reason);
                Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
                Assert.NotNull(refusal.Status.GetDetail<QuotaFailure>());
                Assert.NotNull(refusal.Status.GetDetail<RetryInfo>());
            }
        );
        var counts = await ada.Invitations.CountInvitationsAsync(new CountInvitationsRequest());
        Assert.Equal(100, counts.Sent.Single().Count);
        var quotas = await ada.Invitations.GetInvitationQuotaAsync(new GetInvitationQuotaRequest());
        Assert.Equal(4, quotas.Quotas.Count);
        Assert.Equal((100, 0), (quotas.Quotas[0].Used, quotas.Quotas[0].Remaining));
        // a batch fares no better, a tier without the limit does
        var batch = await ada.Invitations.BatchSendInvitationsAsync(
            new BatchSendInvitationsRequest { Drafts = { Drafts(ada, 40, "late") } }
        );
        Assert.All(
            batch.Results,
            result => Assert.Equal(ErrorReason.InvitationQuota, ReasonOf(result.Error))
        );
        var bulk = await Endpoint.ActorAsync(ada.Id, tier: "bulk");
        var free = await bulk.Invitations.BatchSendInvitationsAsync(
            new BatchSendInvitationsRequest { Drafts = { Drafts(ada, 40, "late") } }
        );
        Assert.All(free.Results, result => Assert.Null(result.Error));
    }

    [Fact]
    public async Task Explain_OverRest_ListsWhatIsAgainstIt()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var id = await InviteAsync(ada, grace);
        Assert.Equal(["ALREADY_INVITED"], await ObstaclesAsync(ada, grace));
        await ada.Invitations.WithdrawInvitationAsync(
            new WithdrawInvitationRequest { InvitationId = id }
        );
        Assert.Equal(["COOL_DOWN"], await ObstaclesAsync(ada, grace));
        Assert.Empty(await ObstaclesAsync(grace, ada));
    }

    [Fact]
    public async Task Races_OfAnswers_HaveOneWinner()
    {
        for (var round = 0; round < 5; round++)
        {
            var (ada, grace) = (
                await MemberAsync($"ada{round}"),
                await MemberAsync($"grace{round}")
            );
            var id = await InviteAsync(ada, grace);

            var outcomes = await Race.RefusalsAsync(
                12,
                caller =>
                    caller % 3 == 0
                        ? ada
                            .Invitations.WithdrawInvitationAsync(
                                new WithdrawInvitationRequest { InvitationId = id }
                            )
                            .ResponseAsync
                        : grace
                            .Invitations.AcceptInvitationAsync(
                                new AcceptInvitationRequest { InvitationId = id }
                            )
                            .ResponseAsync
            );

            Assert.Single(outcomes, outcome => outcome is null);
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal => Assert.Equal(ErrorReason.InvitationNotPending, refusal.Reason)
            );
            var accepted = Array.IndexOf(outcomes, null) % 3 != 0;
            Assert.Equal(
                accepted ? ConnectionStatus.Connected : ConnectionStatus.None,
                await ada.StandingAsync(grace)
            );
            Assert.Equal(await ada.StandingAsync(grace), await grace.StandingAsync(ada));
        }
    }

    private static async Task<string> InviteAsync(Actor inviter, Actor invitee, string note = "") =>
        (
            await inviter.Invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = invitee.Id, Note = note }
            )
        )
            .Invitation
            .InvitationId;

    private static IEnumerable<InvitationDraft> Drafts(
        Actor inviter,
        int count,
        string name = "m"
    ) =>
        Enumerable
            .Range(0, count)
            .Select(index => new InvitationDraft { InviteeId = $"{inviter.Id}-{name}{index}" });

    private async Task<IEnumerable<string?>> ObstaclesAsync(Actor inviter, Actor invitee)
    {
        var (status, body) = await RestAsync(
            inviter,
            HttpMethod.Get,
            $"/v1/invitations:explain?inviteeId={invitee.Id}"
        );
        Assert.Equal(HttpStatusCode.OK, status);
        var obstacles = body.GetProperty("obstacles").EnumerateArray().ToList();
        Assert.Equal(obstacles.Count == 0, body.GetProperty("mayInvite").GetBoolean());
        return
        [
            .. obstacles.Select(obstacle =>
                obstacle.GetProperty("details")[0].GetProperty("reason").GetString()
            ),
        ];
    }

    private static ErrorReason ReasonOf(Google.Rpc.Status status) =>
        ErrorCatalog.ReasonOf(status.GetDetail<ErrorInfo>()!.Reason);

    private static DateTime TimeOf(Refusal refusal, string key) =>
        DateTime.Parse(refusal.Info.Metadata[key], CultureInfo.InvariantCulture).ToUniversalTime();
}
