using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;
using InvitationState = Platform.Connections.V1.InvitationState;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>The ledger of invitations as time passes: reminders, undone declines, cool-downs, batches, explanations.</summary>
public class LedgerTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _bob = ConnectionsFixture.NewMember("bob");

    [Fact]
    public async Task RemindInvitation_OnceAndAfterAWeek()
    {
        var sent = await SendAsync(_ann, _bob);
        var id = sent.Invitation.InvitationId;
        Assert.Equal(
            sent.Invitation.SentTime.ToDateTime().AddDays(7),
            sent.Invitation.ReminderFromTime.ToDateTime()
        );
        Assert.Null((await ReadAsync(_bob, id)).ReminderFromTime);
        var early = await Refusal.OfAsync(RemindAsync(_ann, id));
        Assert.Equal(ErrorReason.ReminderTooEarly, early.Reason);
        Assert.Equal(sent.Invitation.ReminderFromTime.ToDateTime(), TimeOf(early, "from"));
        Assert.Equal(
            ErrorReason.NotTheInviter,
            (await Refusal.OfAsync(RemindAsync(_bob, id))).Reason
        );

        fixture.Time.Advance(TimeSpan.FromDays(7));
        var reminded = await RemindAsync(_ann, id, "remind-1");

        Assert.NotNull(reminded.Invitation.ReminderTime);
        Assert.Null(reminded.Invitation.ReminderFromTime);
        Assert.Equal(reminded.Invitation.ReminderTime, (await ReadAsync(_bob, id)).ReminderTime);
        Assert.Equal(
            ErrorReason.ReminderAlreadySent,
            (await Refusal.OfAsync(RemindAsync(_ann, id))).Reason
        );
        Assert.Equal(reminded.Revision, (await RemindAsync(_ann, id, "remind-1")).Revision);

        await Client(_bob).AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id });
        var late = await Refusal.OfAsync(RemindAsync(_ann, id));
        Assert.Equal(ErrorReason.InvitationNotPending, late.Reason);
        Assert.Equal("accepted", late.Info.Metadata["state"]);
    }

    [Fact]
    public async Task UndoDeclineInvitation_WithinADay_IsPendingAgain()
    {
        var id = (await SendAsync(_ann, _bob)).Invitation.InvitationId;
        fixture.Time.Advance(TimeSpan.FromHours(5));
        var declined = await Client(_bob)
            .DeclineInvitationAsync(
                new DeclineInvitationRequest { InvitationId = id, Text = "no" }
            );
        Assert.Equal(
            declined.Invitation.EndTime.ToDateTime().AddDays(1),
            declined.Invitation.UndoEndTime.ToDateTime()
        );
        Assert.Null((await ReadAsync(_ann, id)).UndoEndTime);
        Assert.Equal(
            ErrorReason.NotTheInvitee,
            (await Refusal.OfAsync(UndoAsync(_ann, id))).Reason
        );

        fixture.Time.Advance(TimeSpan.FromHours(23));
        var undone = await UndoAsync(_bob, id);

        Assert.Equal(InvitationState.Pending, undone.Invitation.State);
        Assert.Equal("", undone.Invitation.DeclineText);
        Assert.Null(undone.Invitation.EndTime);
        Assert.Equal(TimeSpan.FromHours(28), undone.Invitation.Age.ToTimeSpan());
        var sent = await Client(_ann).ListSentInvitationsAsync(new ListSentInvitationsRequest());
        Assert.Equal(id, Assert.Single(sent.Invitations).InvitationId);
        Assert.Null(Assert.Single(sent.Invitations).CoolDownEndTime);
        var again = await Refusal.OfAsync(UndoAsync(_bob, id));
        Assert.Equal(ErrorReason.InvitationNotPending, again.Reason);
        Assert.Equal("pending", again.Info.Metadata["state"]);
    }

    [Fact]
    public async Task UndoDeclineInvitation_AfterADay_IsRefused()
    {
        var id = (await SendAsync(_ann, _bob)).Invitation.InvitationId;
        await Client(_bob)
            .DeclineInvitationAsync(new DeclineInvitationRequest { InvitationId = id });
        fixture.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(ErrorReason.UndoExpired, (await Refusal.OfAsync(UndoAsync(_bob, id))).Reason);
    }

    [Theory]
    [InlineData(true, 21)]
    [InlineData(false, 90)]
    public async Task SendInvitation_InACoolDown_SaysUntilWhen(bool withdrawn, int days)
    {
        var sent = await SendAsync(_ann, _bob);
        var id = sent.Invitation.InvitationId;
        if (withdrawn)
        {
            await Client(_ann)
                .WithdrawInvitationAsync(new WithdrawInvitationRequest { InvitationId = id });
        }
        else
        {
            await Client(_bob)
                .DeclineInvitationAsync(new DeclineInvitationRequest { InvitationId = id });
        }

        var refusal = await Refusal.OfAsync(() => SendAsync(_ann, _bob));

        Assert.Equal(ErrorReason.CoolDown, refusal.Reason);
        Assert.Equal(sent.Invitation.SentTime.ToDateTime().AddDays(days), TimeOf(refusal, "until"));
        // a refused invitation uses nothing of the week
        Assert.Equal(1, await WeeklyAsync(_ann));
        fixture.Time.Advance(TimeSpan.FromDays(days));
        Assert.NotEqual(id, (await SendAsync(_ann, _bob)).Invitation.InvitationId);
    }

    [Fact]
    public async Task BatchSendInvitations_Repeated_GivesFirstAnswersAndTriesTheOthersAgain()
    {
        var barred = ConnectionsFixture.NewMember("barred");
        var id = (await SendAsync(_ann, barred)).Invitation.InvitationId;
        await Client(_ann)
            .WithdrawInvitationAsync(new WithdrawInvitationRequest { InvitationId = id });
        fixture.Time.Advance(TimeSpan.FromDays(21) - TimeSpan.FromHours(1));
        var request = new BatchSendInvitationsRequest
        {
            RequestId = "batch",
            Drafts =
            {
                new InvitationDraft { InviteeId = _bob, Note = "Hello Bob" },
                new InvitationDraft { InviteeId = barred, Note = "Hello again" },
            },
        };

        var first = await Client(_ann).BatchSendInvitationsAsync(request);
        await Client(_bob)
            .AcceptInvitationAsync(
                new AcceptInvitationRequest
                {
                    InvitationId = first.Results[0].Invitation.InvitationId,
                }
            );
        fixture.Time.Advance(TimeSpan.FromHours(1));
        var again = await Client(_ann).BatchSendInvitationsAsync(request);

        Assert.Equal(ErrorReason.CoolDown, ReasonOf(first.Results[1].Error));
        Assert.Equal(InvitationState.Pending, again.Results[0].Invitation.State);
        Assert.Equal(first.Results[0].Status, again.Results[0].Status);
        Assert.Null(again.Results[1].Error);
        Assert.Equal(ConnectionStatus.InvitationSent, again.Results[1].Status);
        request.Drafts[0].Note = "Other words";
        var reused = await Client(_ann).BatchSendInvitationsAsync(request);
        Assert.Equal(ErrorReason.RequestIdReused, ReasonOf(reused.Results[0].Error));
    }

    [Fact]
    public async Task BatchSendInvitations_SameWordsApartFromWhiteSpace_IsRefused()
    {
        var refusal = await Refusal.OfAsync(
            Client(_ann)
                .BatchSendInvitationsAsync(
                    new BatchSendInvitationsRequest
                    {
                        Drafts =
                        {
                            new InvitationDraft { InviteeId = _bob, Note = "Hello  there\n" },
                            new InvitationDraft { InviteeId = "other", Note = "Hello there" },
                        },
                    }
                )
        );

        Assert.Equal(ErrorReason.GenericNote, refusal.Reason);
    }

    [Fact]
    public async Task BatchSendInvitations_WithoutNotes_IsNotGeneric()
    {
        var sent = await Client(_ann)
            .BatchSendInvitationsAsync(
                new BatchSendInvitationsRequest
                {
                    Drafts =
                    {
                        Enumerable
                            .Range(0, 40)
                            .Select(index => new InvitationDraft
                            {
                                InviteeId = ConnectionsFixture.NewMember($"m{index}"),
                            }),
                    },
                }
            );

        Assert.All(sent.Results, result => Assert.Null(result.Error));
        Assert.Equal([40, 40], sent.Quotas.Select(quota => quota.Used));
    }

    [Fact]
    public async Task ExplainInvitation_NothingInTheWay_MayInvite()
    {
        var explained = await ExplainAsync(_ann, _bob);

        Assert.True(explained.MayInvite);
        Assert.False(explained.WouldConnect);
        Assert.Empty(explained.Obstacles);
        await SendAsync(_bob, _ann);
        explained = await ExplainAsync(_ann, _bob);
        Assert.True(explained.MayInvite);
        Assert.True(explained.WouldConnect);
    }

    [Fact]
    public async Task ExplainInvitation_SeveralObstacles_ListsEach()
    {
        var id = (await SendAsync(_ann, _bob)).Invitation.InvitationId;
        Assert.Equal([ErrorReason.AlreadyInvited], Reasons(await ExplainAsync(_ann, _bob)));
        await Client(_ann)
            .WithdrawInvitationAsync(new WithdrawInvitationRequest { InvitationId = id });

        var explained = await ExplainAsync(_ann, _bob, tier: "none");

        Assert.False(explained.MayInvite);
        Assert.Equal(
            [ErrorReason.CoolDown, ErrorReason.InvitationQuota, ErrorReason.PendingQuota],
            Reasons(explained)
        );
        Assert.Equal([ErrorReason.SelfInvitation], Reasons(await ExplainAsync(_ann, _ann)));
        await fixture.ConnectAsync(_ann, "con");
        Assert.Equal([ErrorReason.AlreadyConnected], Reasons(await ExplainAsync(_ann, "con")));
    }

    [Fact]
    public async Task ErasedMembers_CanNeitherInviteNorBeInvited()
    {
        var fromBob = (await SendAsync(_bob, _ann)).Invitation.InvitationId;
        await EraseAsync(_bob);

        Assert.Equal(
            ErrorReason.NotInvitable,
            (await Refusal.OfAsync(() => SendAsync(_ann, _bob))).Reason
        );
        Assert.Equal(
            ErrorReason.MemberDeleted,
            (await Refusal.OfAsync(() => SendAsync(_bob, _ann))).Reason
        );
        Assert.Equal(
            ErrorReason.InvitationNotFound,
            (
                await Refusal.OfAsync(
                    Client(_ann)
                        .AcceptInvitationAsync(
                            new AcceptInvitationRequest { InvitationId = fromBob }
                        )
                )
            ).Reason
        );
        var batch = await Client(_ann)
            .BatchSendInvitationsAsync(
                new BatchSendInvitationsRequest
                {
                    Drafts = { new InvitationDraft { InviteeId = _bob } },
                }
            );
        Assert.Equal(ErrorReason.NotInvitable, ReasonOf(batch.Results[0].Error));
        // a member is told no more than by the refusal, an operator is
        Assert.Equal([ErrorReason.NotInvitable], Reasons(await ExplainAsync(_ann, _bob)));
        Assert.DoesNotContain(
            "cause",
            (await ExplainAsync(_ann, _bob)).Obstacles[0].GetDetail<ErrorInfo>()!.Metadata.Keys
        );
        var seen = await new InvitationsService.InvitationsServiceClient(
            fixture.Service.AsOperator()
        ).ExplainInvitationAsync(
            new ExplainInvitationRequest { MemberId = _ann, InviteeId = _bob }
        );
        Assert.Equal(
            "absence",
            Assert.Single(seen.Obstacles).GetDetail<ErrorInfo>()!.Metadata["cause"]
        );
    }

    [Fact]
    public async Task ExplainInvitation_OperatorWhoNamesNobody_IsRefused()
    {
        var refusal = await Refusal.OfAsync(
            new InvitationsService.InvitationsServiceClient(
                fixture.Service.AsOperator()
            ).ExplainInvitationAsync(new ExplainInvitationRequest { InviteeId = _bob })
        );

        Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
        Assert.Equal(["member_id"], refusal.Fields);
    }

    private InvitationsService.InvitationsServiceClient Client(string member, string tier = "") =>
        new(fixture.Service.As(member, tier));

    private async Task<SendInvitationResponse> SendAsync(string inviter, string invitee) =>
        await Client(inviter)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });

    private AsyncUnaryCall<RemindInvitationResponse> RemindAsync(
        string member,
        string id,
        string request = ""
    ) =>
        Client(member)
            .RemindInvitationAsync(
                new RemindInvitationRequest { InvitationId = id, RequestId = request }
            );

    private AsyncUnaryCall<UndoDeclineInvitationResponse> UndoAsync(string member, string id) =>
        Client(member)
            .UndoDeclineInvitationAsync(new UndoDeclineInvitationRequest { InvitationId = id });

    private async Task<Invitation> ReadAsync(string member, string id) =>
        (
            await Client(member).GetInvitationAsync(new GetInvitationRequest { InvitationId = id })
        ).Invitation;

    private async Task<ExplainInvitationResponse> ExplainAsync(
        string inviter,
        string invitee,
        string tier = ""
    ) =>
        await Client(inviter, tier)
            .ExplainInvitationAsync(new ExplainInvitationRequest { InviteeId = invitee });

    private async Task<long> WeeklyAsync(string member) =>
        (await Client(member).GetInvitationQuotaAsync(new GetInvitationQuotaRequest()))
            .Quotas.Single(quota => quota.Kind == QuotaKind.WeeklyInvitations)
            .Used;

    private async Task EraseAsync(string member)
    {
        var store = (IMemberStore)fixture.Service.Services.GetService(typeof(IMemberStore))!;
        var record = await store.GetAsync(member, CancellationToken.None);
        var stored = await store.TryStoreAsync(
            record with
            {
                Deletion = new Platform.Connections.Members.MemberDeletion(
                    Platform.Connections.Members.MemberDeletionState.Done,
                    fixture.Time.GetUtcNow(),
                    fixture.Time.GetUtcNow(),
                    0
                ),
            },
            CancellationToken.None
        );
        Assert.NotNull(stored);
    }

    private static IEnumerable<ErrorReason> Reasons(ExplainInvitationResponse explained) =>
        explained.Obstacles.Select(ReasonOf);

    private static ErrorReason ReasonOf(Google.Rpc.Status status) =>
        ErrorCatalog.ReasonOf(status.GetDetail<ErrorInfo>()!.Reason);

    private static DateTime TimeOf(Refusal refusal, string key) =>
        DateTime.Parse(refusal.Info.Metadata[key], CultureInfo.InvariantCulture).ToUniversalTime();
}
