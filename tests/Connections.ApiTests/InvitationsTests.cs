using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

public class InvitationsTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _bob = ConnectionsFixture.NewMember("bob");

    [Fact]
    public async Task SendInvitation_NoteAndContext_ArriveAtTheInvitee()
    {
        var sent = await SendAsync(
            _ann,
            new SendInvitationRequest
            {
                InviteeId = _bob,
                Note = "Hello",
                Context = new InvitationContext { WhereMet = "A fair", Affiliation = "School" },
            }
        );

        Assert.Equal(ConnectionStatus.InvitationSent, sent.Status);
        Assert.NotEmpty(sent.Revision);
        var received = await fixture
            .Invitations(_bob)
            .GetInvitationAsync(
                new GetInvitationRequest
                {
                    InvitationId = sent.Invitation.InvitationId,
                    Consistency = new Consistency { AtLeastRevision = sent.Revision },
                }
            );
        Assert.Equal("Hello", received.Invitation.Note);
        Assert.Equal("A fair", received.Invitation.Context.WhereMet);
        Assert.Equal(_ann, received.Invitation.InviterId);
        Assert.Equal(_bob, received.Invitation.InviteeId);
        Assert.Equal(InvitationState.Pending, received.Invitation.State);
        Assert.Equal(
            TimeSpan.FromDays(180),
            received.Invitation.ExpireTime.ToDateTime() - received.Invitation.SentTime.ToDateTime()
        );
    }

    [Fact]
    public async Task AcceptInvitation_Pending_Connects()
    {
        var id = await InviteAsync();

        var accepted = await fixture
            .Invitations(_bob)
            .AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id });

        Assert.Equal(InvitationState.Accepted, accepted.Invitation.State);
        Assert.Equal(_ann, accepted.Connection.MemberId);
        Assert.Equal(ConnectionStatus.Connected, await CheckAsync(_ann, _bob));
        Assert.Equal(ConnectionStatus.Connected, await CheckAsync(_bob, _ann));
        Assert.Equal(id, Assert.Single(await SentAsync(InvitationState.Accepted)).InvitationId);
        Assert.Equal(id, Assert.Single(await ReceivedAsync(InvitationState.Accepted)).InvitationId);
    }

    [Fact]
    public async Task DeclineInvitation_WithReason_ShowsItToTheInviterAndBarsHer()
    {
        var id = await InviteAsync();

        await fixture
            .Invitations(_bob)
            .DeclineInvitationAsync(
                new DeclineInvitationRequest
                {
                    InvitationId = id,
                    Reason = DeclineReason.NotNow,
                    Text = "Next year",
                }
            );

        var seen = Assert.Single(await SentAsync(InvitationState.Declined));
        Assert.Equal(DeclineReason.NotNow, seen.DeclineReason);
        Assert.Equal("Next year", seen.DeclineText);
        var refusal = await Refusal.OfAsync(
            fixture
                .Invitations(_ann)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = _bob })
        );
        Assert.Equal(ErrorReason.CoolDown, refusal.Reason);
        Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        Assert.Equal(
            seen.CoolDownEndTime.ToDateTime(),
            DateTime
                .Parse(
                    refusal.Info.Metadata["until"],
                    System.Globalization.CultureInfo.InvariantCulture
                )
                .ToUniversalTime()
        );
        Assert.Null(Assert.Single(await ReceivedAsync(InvitationState.Declined)).CoolDownEndTime);
        // who declined may invite
        Assert.Equal(
            ConnectionStatus.InvitationSent,
            (await SendAsync(_bob, new SendInvitationRequest { InviteeId = _ann })).Status
        );
    }

    [Fact]
    public async Task WithdrawInvitation_Pending_VanishesForTheInvitee()
    {
        var id = await InviteAsync();

        var withdrawn = await fixture
            .Invitations(_ann)
            .WithdrawInvitationAsync(new WithdrawInvitationRequest { InvitationId = id });

        Assert.Equal(InvitationState.Withdrawn, withdrawn.Invitation.State);
        Assert.Equal(id, Assert.Single(await SentAsync(InvitationState.Withdrawn)).InvitationId);
        Assert.Empty(await ReceivedAsync(InvitationState.Pending));
        Assert.Empty(await ReceivedAsync(InvitationState.Withdrawn));
        Assert.Equal(
            ErrorReason.InvitationNotFound,
            (
                await Refusal.OfAsync(
                    fixture
                        .Invitations(_bob)
                        .GetInvitationAsync(new GetInvitationRequest { InvitationId = id })
                )
            ).Reason
        );
        var late = await Refusal.OfAsync(AcceptAsync(_bob, id));
        Assert.Equal(ErrorReason.InvitationNotPending, late.Reason);
        Assert.Equal("withdrawn", late.Info.Metadata["state"]);
    }

    [Fact]
    public async Task SendInvitation_Crossing_Connects()
    {
        await InviteAsync();

        var crossed = await SendAsync(_bob, new SendInvitationRequest { InviteeId = _ann });

        Assert.Equal(ConnectionStatus.Connected, crossed.Status);
        Assert.Equal(InvitationState.Accepted, crossed.Invitation.State);
        Assert.Equal(ConnectionStatus.Connected, await CheckAsync(_ann, _bob));
    }

    [Fact]
    public async Task SendInvitation_SameRequestId_ReturnsTheFirstAnswerEvenAfterLaterChanges()
    {
        var request = new SendInvitationRequest
        {
            InviteeId = _bob,
            Note = "Hello",
            RequestId = "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        };
        var first = await SendAsync(_ann, request);
        await AcceptAsync(_bob, first.Invitation.InvitationId);
        await fixture
            .Connections(_bob)
            .RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = _ann });

        var again = await SendAsync(_ann, request);

        // these two tell of now: how old it is, and what remains
        again.Invitation.Age = first.Invitation.Age;
        again.Quotas.Clear();
        first.Quotas.Clear();
        Assert.Equal(first, again);
        Assert.Equal(ConnectionStatus.None, await CheckAsync(_ann, _bob));
        request.Note = "Something else";
        Assert.Equal(
            ErrorReason.RequestIdReused,
            (await Refusal.OfAsync(fixture.Invitations(_ann).SendInvitationAsync(request))).Reason
        );
    }

    [Fact]
    public async Task Answers_OfTheWrongMember_AreRefused()
    {
        var id = await InviteAsync();
        var stranger = ConnectionsFixture.NewMember("eve");

        Assert.Equal(
            ErrorReason.NotTheInvitee,
            (await Refusal.OfAsync(AcceptAsync(_ann, id))).Reason
        );
        Assert.Equal(
            ErrorReason.NotTheInviter,
            (
                await Refusal.OfAsync(
                    fixture
                        .Invitations(_bob)
                        .WithdrawInvitationAsync(
                            new WithdrawInvitationRequest { InvitationId = id }
                        )
                )
            ).Reason
        );
        Assert.Equal(
            ErrorReason.InvitationNotFound,
            (await Refusal.OfAsync(AcceptAsync(stranger, id))).Reason
        );
        Assert.Equal(
            ErrorReason.InvitationNotFound,
            (
                await Refusal.OfAsync(
                    fixture
                        .Invitations(stranger)
                        .GetInvitationAsync(new GetInvitationRequest { InvitationId = id })
                )
            ).Reason
        );
        Assert.Equal(ConnectionStatus.InvitationSent, await CheckAsync(_ann, _bob));
    }

    [Fact]
    public async Task ListReceivedInvitations_Paged_GivesAllNewestFirstAndCountsAgree()
    {
        for (var index = 0; index < 7; index++)
        {
            await SendAsync(
                ConnectionsFixture.NewMember($"m{index}"),
                new SendInvitationRequest { InviteeId = _bob }
            );
        }
        var seen = new List<Invitation>();
        var request = new ListReceivedInvitationsRequest { PageSize = 3 };
        do
        {
            var page = await fixture.Invitations(_bob).ListReceivedInvitationsAsync(request);
            seen.AddRange(page.Invitations);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        Assert.Equal(7, seen.DistinctBy(invitation => invitation.InvitationId).Count());
        Assert.Equal(seen.OrderByDescending(invitation => invitation.SentTime), seen);
        var counts = await fixture
            .Invitations(_bob)
            .CountInvitationsAsync(new CountInvitationsRequest());
        Assert.Equal(
            new InvitationCount { State = InvitationState.Pending, Count = 7 },
            Assert.Single(counts.Received)
        );
        Assert.Empty(counts.Sent);
    }

    [Fact]
    public async Task BatchSendInvitations_Mixed_AnswersItemByItemAndCanBeRepeated()
    {
        var connected = ConnectionsFixture.NewMember("con");
        await fixture.ConnectAsync(_ann, connected);
        var request = new BatchSendInvitationsRequest
        {
            RequestId = "batch-1",
            Drafts =
            {
                new InvitationDraft { InviteeId = _bob, Note = "Hello Bob" },
                new InvitationDraft { InviteeId = connected },
                new InvitationDraft { InviteeId = _ann },
            },
        };

        var first = await fixture.Invitations(_ann).BatchSendInvitationsAsync(request);
        var again = await fixture.Invitations(_ann).BatchSendInvitationsAsync(request);

        Assert.Equal([_bob, connected, _ann], first.Results.Select(result => result.InviteeId));
        Assert.Equal(ConnectionStatus.InvitationSent, first.Results[0].Status);
        Assert.Equal(
            nameof(ErrorReason.AlreadyConnected),
            ReasonOf(first.Results[1].Error).ToString()
        );
        Assert.Equal(ErrorReason.SelfInvitation, ReasonOf(first.Results[2].Error));
        Assert.Equal(
            first.Results[0].Invitation.InvitationId,
            again.Results[0].Invitation.InvitationId
        );
        Assert.Equal(first.Revision, again.Revision);
    }

    [Fact]
    public async Task BatchSendInvitations_BadBatches_AreRefusedAsAWhole()
    {
        async Task<Refusal> SendBatchAsync(params IEnumerable<InvitationDraft> drafts) =>
            await Refusal.OfAsync(
                fixture
                    .Invitations(_ann)
                    .BatchSendInvitationsAsync(
                        new BatchSendInvitationsRequest { Drafts = { drafts } }
                    )
            );

        Assert.Equal(
            ErrorReason.GenericNote,
            (
                await SendBatchAsync(
                    new InvitationDraft { InviteeId = _bob, Note = "Hi" },
                    new InvitationDraft { InviteeId = "other", Note = "Hi" }
                )
            ).Reason
        );
        Assert.Equal(
            ErrorReason.BatchTooLarge,
            (
                await SendBatchAsync(
                    Enumerable
                        .Range(0, 41)
                        .Select(index => new InvitationDraft { InviteeId = $"m{index}" })
                )
            ).Reason
        );
        var refusal = await SendBatchAsync(
            new InvitationDraft { InviteeId = _bob },
            new InvitationDraft { InviteeId = _bob, Note = new string('x', 301) }
        );
        Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
        Assert.Equal(["drafts[1].note", "drafts[1].invitee_id"], refusal.Fields);
        Assert.Equal(ErrorReason.InvalidRequest, (await SendBatchAsync([])).Reason);
        Assert.Equal(ConnectionStatus.None, await CheckAsync(_ann, _bob));
    }

    private static ErrorReason ReasonOf(Google.Rpc.Status status) =>
        Platform.ServiceDefaults.Errors.ErrorCatalog.ReasonOf(
            status.GetDetail<Google.Rpc.ErrorInfo>()!.Reason
        );

    private async Task<string> InviteAsync() =>
        (await SendAsync(_ann, new SendInvitationRequest { InviteeId = _bob }))
            .Invitation
            .InvitationId;

    private async Task<SendInvitationResponse> SendAsync(
        string member,
        SendInvitationRequest request
    ) => await fixture.Invitations(member).SendInvitationAsync(request);

    private AsyncUnaryCall<AcceptInvitationResponse> AcceptAsync(string member, string id) =>
        fixture
            .Invitations(member)
            .AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id });

    private async Task<ConnectionStatus> CheckAsync(string member, string other) =>
        (
            await fixture
                .Connections(member)
                .CheckConnectionAsync(new CheckConnectionRequest { OtherId = other })
        ).Status;

    private async Task<IEnumerable<Invitation>> SentAsync(InvitationState state) =>
        (
            await fixture
                .Invitations(_ann)
                .ListSentInvitationsAsync(new ListSentInvitationsRequest { State = state })
        ).Invitations;

    private async Task<IEnumerable<Invitation>> ReceivedAsync(InvitationState state) =>
        (
            await fixture
                .Invitations(_bob)
                .ListReceivedInvitationsAsync(new ListReceivedInvitationsRequest { State = state })
        ).Invitations;
}
