using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Limits as callers meet them: in every answer that uses one, and in refusals.</summary>
public class QuotaTests(QuotaFixture fixture) : IClassFixture<QuotaFixture>
{
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _bob = ConnectionsFixture.NewMember("bob");

    [Fact]
    public async Task GetInvitationQuota_NothingUsed_IsEveryLimitOfTheTier()
    {
        var answer = await Client(_ann, "")
            .GetInvitationQuotaAsync(new GetInvitationQuotaRequest());

        Assert.Equal(
            [
                Quota(QuotaKind.WeeklyInvitations, 100, 0, "standard"),
                Quota(QuotaKind.PendingInvitations, 500, 0, "standard"),
                Quota(QuotaKind.Connections, 30_000, 0, "standard"),
                Quota(QuotaKind.Blocks, 1_200, 0, "standard"),
            ],
            answer.Quotas
        );
        // what is not limited is not there; an unknown tier is the default one
        var bulk = await Client(_ann, "bulk")
            .GetInvitationQuotaAsync(new GetInvitationQuotaRequest());
        Assert.Equal(
            [QuotaKind.Connections, QuotaKind.Blocks],
            bulk.Quotas.Select(quota => quota.Kind)
        );
        var unknown = await Client(_ann, "nobody-knows-it")
            .GetInvitationQuotaAsync(new GetInvitationQuotaRequest());
        Assert.Equal(answer, unknown);
    }

    [Fact]
    public async Task EveryAnswerThatUsesALimit_SaysWhatRemains()
    {
        var sent = await SendAsync(_ann, _bob, "small");

        Assert.Equal(
            [(QuotaKind.WeeklyInvitations, 3L, 1L, 2L), (QuotaKind.PendingInvitations, 2L, 1L, 1L)],
            Short(sent.Quotas)
        );
        Assert.InRange(
            sent.Quotas[0].NextFreeTime.ToDateTime() - sent.Invitation.SentTime.ToDateTime(),
            TimeSpan.FromDays(7),
            TimeSpan.FromDays(7) + TimeSpan.FromSeconds(30)
        );
        Assert.Null(sent.Quotas[1].NextFreeTime);
        Assert.All(sent.Quotas, quota => Assert.Equal("small", quota.Tier));

        var withdrawn = await Client(_ann, "small")
            .WithdrawInvitationAsync(
                new WithdrawInvitationRequest { InvitationId = sent.Invitation.InvitationId }
            );
        Assert.Equal([(QuotaKind.PendingInvitations, 2L, 0L, 2L)], Short(withdrawn.Quotas));

        var back = await SendAsync(_bob, _ann, "small");
        var accepted = await Client(_ann, "small")
            .AcceptInvitationAsync(
                new AcceptInvitationRequest { InvitationId = back.Invitation.InvitationId }
            );
        Assert.Equal([(QuotaKind.Connections, 2L, 1L, 1L)], Short(accepted.Quotas));

        var eve = ConnectionsFixture.NewMember("eve");
        await SendAsync(eve, _ann, "small");
        var crossed = await SendAsync(_ann, eve, "small");
        Assert.Equal(ConnectionStatus.Connected, crossed.Status);
        Assert.Equal([(QuotaKind.Connections, 2L, 2L, 0L)], Short(crossed.Quotas));
    }

    [Fact]
    public async Task SendInvitation_WeekUsedUp_SaysWhenToTryAgain()
    {
        for (var index = 0; index < 3; index++)
        {
            var sent = await SendAsync(_ann, ConnectionsFixture.NewMember("m"), "small");
            await Client(_ann, "small")
                .WithdrawInvitationAsync(
                    new WithdrawInvitationRequest { InvitationId = sent.Invitation.InvitationId }
                );
        }

        var refusal = await Refusal.OfAsync(() => SendAsync(_ann, _bob, "small"));

        Assert.Equal(ErrorReason.InvitationQuota, refusal.Reason);
        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        var violation = Assert.Single(refusal.Status.GetDetail<QuotaFailure>()!.Violations);
        Assert.Equal($"member:{_ann}", violation.Subject);
        Assert.StartsWith("WEEKLY_INVITATIONS", violation.Description, StringComparison.Ordinal);
        Assert.InRange(
            refusal.Status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan(),
            TimeSpan.FromDays(6.9),
            TimeSpan.FromDays(7)
        );
        // whoever calls for the member, the tier of the token counts
        var service = new InvitationsService.InvitationsServiceClient(
            fixture.Service.WithToken(
                fixture.Identity.Token("importer", CallerRole.Service, tier: "bulk")
            )
        );
        var answer = await service.SendInvitationAsync(
            new SendInvitationRequest { MemberId = _ann, InviteeId = _bob }
        );
        Assert.Empty(answer.Quotas);
    }

    [Fact]
    public async Task SendInvitation_TooManyPending_IsRefusedWithoutATime()
    {
        await SendAsync(_ann, ConnectionsFixture.NewMember("m"), "small");
        await SendAsync(_ann, ConnectionsFixture.NewMember("m"), "small");

        var refusal = await Refusal.OfAsync(() => SendAsync(_ann, _bob, "small"));

        Assert.Equal(ErrorReason.PendingQuota, refusal.Reason);
        Assert.Null(refusal.Status.GetDetail<RetryInfo>());
        Assert.NotNull(refusal.Status.GetDetail<QuotaFailure>());
    }

    [Fact]
    public async Task AcceptInvitation_EitherSideFull_SaysWhich()
    {
        await ConnectAsync(_ann, ConnectionsFixture.NewMember("m"));
        await ConnectAsync(_ann, ConnectionsFixture.NewMember("m"));
        var toAnn = (await SendAsync(_bob, _ann, "small")).Invitation.InvitationId;
        var eve = ConnectionsFixture.NewMember("eve");
        var fromAnn = (await SendAsync(_ann, eve, "small")).Invitation.InvitationId;

        foreach (var (member, id) in new[] { (_ann, toAnn), (eve, fromAnn) })
        {
            var refusal = await Refusal.OfAsync(
                Client(member, "small")
                    .AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id })
            );
            Assert.Equal(ErrorReason.ConnectionLimit, refusal.Reason);
            Assert.Equal(
                $"member:{_ann}",
                Assert.Single(refusal.Status.GetDetail<QuotaFailure>()!.Violations).Subject
            );
        }
        // crossing is accepting
        var crossing = await Refusal.OfAsync(() => SendAsync(_ann, _bob, "small"));
        Assert.Equal(ErrorReason.ConnectionLimit, crossing.Reason);
        var explained = await Client(eve, "small")
            .ExplainInvitationAsync(new ExplainInvitationRequest { InviteeId = _ann });
        Assert.True(explained.WouldConnect);
        Assert.False(explained.MayInvite);
        Assert.Equal(
            ErrorReason.ConnectionLimit,
            ErrorCatalog.ReasonOf(Assert.Single(explained.Obstacles).GetDetail<ErrorInfo>()!.Reason)
        );
    }

    [Fact]
    public async Task SendInvitation_150AtOnceAgainst100_StoresExactly100()
    {
        var outcomes = await Race.RefusalsAsync(
            150,
            async caller => await SendAsync(_ann, $"{_bob}-{caller}", "")
        );

        Assert.Equal(100, outcomes.Count(outcome => outcome is null));
        Assert.All(
            outcomes.OfType<Refusal>(),
            refusal => Assert.Equal(ErrorReason.InvitationQuota, refusal.Reason)
        );
        var counts = await Client(_ann, "").CountInvitationsAsync(new CountInvitationsRequest());
        Assert.Equal(100, Assert.Single(counts.Sent).Count);
        var quotas = await Client(_ann, "")
            .GetInvitationQuotaAsync(new GetInvitationQuotaRequest());
        Assert.Equal((100L, 0L), (quotas.Quotas[0].Used, quotas.Quotas[0].Remaining));
    }

    [Fact]
    public async Task BatchSendInvitations_SeveralAtOnceAgainst100_StoreExactly100()
    {
        var batches = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async batch =>
                    await Client(_ann, "")
                        .BatchSendInvitationsAsync(
                            new BatchSendInvitationsRequest
                            {
                                Drafts =
                                {
                                    Enumerable
                                        .Range(0, 40)
                                        .Select(item => new InvitationDraft
                                        {
                                            InviteeId = $"{_bob}-{batch}-{item}",
                                        }),
                                },
                            }
                        )
                )
        );

        Assert.Equal(
            100,
            batches.SelectMany(batch => batch.Results).Count(result => result.Error is null)
        );
        var counts = await Client(_ann, "").CountInvitationsAsync(new CountInvitationsRequest());
        Assert.Equal(100, Assert.Single(counts.Sent).Count);
    }

    [Fact]
    public async Task AcceptInvitation_FromBothSidesAtOnce_NeverExceedsTheLimit()
    {
        var ids = new List<(string Member, string Id)>();
        for (var index = 0; index < 8; index++)
        {
            var other = $"{_bob}-{index}";
            ids.Add(
                index % 2 == 0
                    ? (other, (await SendAsync(_ann, other, "wide")).Invitation.InvitationId)
                    : (_ann, (await SendAsync(other, _ann, "wide")).Invitation.InvitationId)
            );
        }

        var outcomes = await Race.RefusalsAsync(
            ids.Count,
            async caller =>
                await Client(ids[caller].Member, "wide")
                    .AcceptInvitationAsync(
                        new AcceptInvitationRequest { InvitationId = ids[caller].Id }
                    )
        );

        Assert.Equal(3, outcomes.Count(outcome => outcome is null));
        Assert.All(
            outcomes.OfType<Refusal>(),
            refusal => Assert.Equal(ErrorReason.ConnectionLimit, refusal.Reason)
        );
        Assert.Equal(
            3,
            (
                await fixture.Connections(_ann).CountConnectionsAsync(new CountConnectionsRequest())
            ).Count
        );
    }

    private InvitationsService.InvitationsServiceClient Client(string member, string tier) =>
        new(fixture.Service.As(member, tier));

    private async Task<SendInvitationResponse> SendAsync(
        string inviter,
        string invitee,
        string tier
    ) =>
        await Client(inviter, tier)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });

    private async Task ConnectAsync(string one, string other)
    {
        await SendAsync(other, one, "small");
        await SendAsync(one, other, "small");
    }

    private static Quota Quota(QuotaKind kind, long limit, long used, string tier) =>
        new()
        {
            Kind = kind,
            Limit = limit,
            Used = used,
            Remaining = limit - used,
            Tier = tier,
        };

    private static IEnumerable<(QuotaKind, long, long, long)> Short(IEnumerable<Quota> quotas) =>
        quotas.Select(quota => (quota.Kind, quota.Limit, quota.Used, quota.Remaining));
}
