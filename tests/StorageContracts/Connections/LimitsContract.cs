using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Connections.Connections;
using Platform.Connections.Invitations;
using Platform.Connections.Limits;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.Settings;
using Platform.Connections.Storage;
using Platform.Connections.Telemetry;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Storage;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>
/// Limits are exact on every engine, whoever races whom: callers are spread over two replicas, which share nothing but the
/// stores.
/// </summary>
public abstract class LimitsContract : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
    );

    private Stores _stores = null!;
    private Replica[] _replicas = [];
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The stores of one database.</summary>
    protected sealed record Stores(IConnectionStore Connections, IMemberStore Members);

    protected abstract Task<Stores> OpenAsync();

    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync() => _stores = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Send_150AtOnceAgainst100AWeek_StoresExactly100()
    {
        Limit(weekly: 100);

        var refusals = await RaceAsync(150, caller => SendAsync(caller, "ann", $"m{caller}"));

        AssertRefused(50, ErrorReason.InvitationQuota, refusals);
        Assert.Equal(100, await CountAsync("ann", RelationshipList.SentPending));
        await AssertSlotsAsync("ann", 100);
        // the week passes
        _time.Advance(TimeSpan.FromDays(7));
        await SendAsync(0, "ann", "late");
        await AssertSlotsAsync("ann", 1);
    }

    [Fact]
    public async Task Send_ManyAtOnceAgainstThePendingLimit_StoresExactlyThatMany()
    {
        Limit(pending: 25);
        for (var index = 0; index < 20; index++)
        {
            await SendAsync(index, "ann", $"before{index}");
        }

        var refusals = await RaceAsync(40, caller => SendAsync(caller, "ann", $"m{caller}"));

        AssertRefused(35, ErrorReason.PendingQuota, refusals);
        Assert.Equal(25, await CountAsync("ann", RelationshipList.SentPending));
        // what was refused used nothing of the week
        await AssertSlotsAsync("ann", 25);
    }

    [Fact]
    public async Task Send_ManyAtOnceWhilePendingOnesAreWithdrawn_NeverHasMoreThanTheLimit()
    {
        Limit(pending: 10, weekly: 1000);
        for (var index = 0; index < 10; index++)
        {
            await SendAsync(index, "ann", $"w{index}");
        }

        var refusals = await RaceAsync(
            50,
            caller =>
                caller % 5 == 0
                    ? _replicas[caller % 2]
                        .Handler.WithdrawAsync(
                            "ann",
                            new InvitationId(MemberPair.Of("ann", $"w{caller / 5}"), 1),
                            request: null,
                            Cancel
                        )
                    : SendAsync(caller, "ann", $"m{caller}")
        );

        Assert.All(
            refusals.OfType<DomainException>(),
            refusal => Assert.Equal(ErrorReason.PendingQuota, refusal.Reason)
        );
        var sent = 40 - refusals.Count(refusal => refusal is not null);
        Assert.InRange(sent, 0, 10);
        Assert.Equal(sent, await CountAsync("ann", RelationshipList.SentPending));
        Assert.Equal(10, await CountAsync("ann", RelationshipList.SentWithdrawn));
        // all that there is room for now gets in
        for (var index = sent; index < 10; index++)
        {
            await SendAsync(index, "ann", $"after{index}");
        }
        await AssertRefusedAsync(ErrorReason.PendingQuota, SendAsync(0, "ann", "one-too-many"));
    }

    [Fact]
    public async Task SendBatch_ManyAtOnceAgainstTheWeek_StoresExactlyTheLimit()
    {
        Limit(weekly: 100);

        var batches = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(batch =>
                    Task.Run(
                        () =>
                            _replicas[batch % 2]
                                .Handler.SendAsync(
                                    "ann",
                                    "",
                                    [
                                        .. Enumerable
                                            .Range(0, 30)
                                            .Select(item => ToSend($"m{batch}-{item}")),
                                    ],
                                    Cancel
                                ),
                        Cancel
                    )
                )
        );

        var outcomes = batches.SelectMany(batch => batch).ToList();
        Assert.Equal(100, outcomes.Count(outcome => outcome.Answer is not null));
        AssertRefused(
            50,
            ErrorReason.InvitationQuota,
            [.. outcomes.Select(outcome => outcome.Refusal)]
        );
        Assert.Equal(100, await CountAsync("ann", RelationshipList.SentPending));
        await AssertSlotsAsync("ann", 100);
    }

    [Fact]
    public async Task SendBatch_RoomForSome_GoesToTheFirstThatNeedIt()
    {
        Limit(weekly: 3);
        await SendAsync(0, "ann", "already");
        await SendAsync(0, "back", "ann");

        var outcomes = await _replicas[0]
            .Handler.SendAsync(
                "ann",
                "",
                [
                    ToSend("already"),
                    ToSend("ann"),
                    ToSend("one"),
                    ToSend("back"),
                    ToSend("two"),
                    ToSend("three"),
                ],
                Cancel
            );

        Assert.Equal(
            [
                ErrorReason.AlreadyInvited,
                ErrorReason.SelfInvitation,
                null,
                null,
                null,
                ErrorReason.InvitationQuota,
            ],
            outcomes.Select(outcome => outcome.Refusal?.Reason)
        );
        Assert.Equal(InvitationState.Accepted, outcomes[3].Answer!.Invitation!.State);
        await AssertSlotsAsync("ann", 3);
    }

    [Fact]
    public async Task Accept_ManyAtOnceFromBothSidesAgainstTheConnectionLimit_ConnectsExactlyThatMany()
    {
        Limit(connections: 20);
        for (var index = 0; index < 20; index++)
        {
            await SendAsync(index, "hub", $"out{index}");
            await SendAsync(index, $"in{index}", "hub");
            await SendAsync(index, $"cross{index}", "hub");
        }

        var refusals = await RaceAsync(
            60,
            caller =>
                (caller % 3) switch
                {
                    0 => AcceptAsync(caller, $"out{caller / 3}", "hub"),
                    1 => AcceptAsync(caller, "hub", $"in{caller / 3}"),
                    _ => SendAsync(caller, "hub", $"cross{caller / 3}"),
                }
        );

        AssertRefused(40, ErrorReason.ConnectionLimit, refusals);
        Assert.Equal(20, await CountAsync("hub", RelationshipList.Connections));
        Assert.All(
            (await _stores.Members.GetAsync("hub", Cancel)).Slots,
            slot => Assert.Equal(SlotKind.Invitation, slot.Kind)
        );
    }

    [Fact]
    public async Task Accept_OneSideFull_SaysWhichAndLeavesNothingBehind()
    {
        Limit(connections: 1);
        await SendAsync(0, "ann", "bob");
        await AcceptAsync(0, "bob", "ann");
        await SendAsync(0, "ann", "eve");

        var refusal = await AssertRefusedAsync(
            ErrorReason.ConnectionLimit,
            AcceptAsync(0, "eve", "ann")
        );

        var violation = refusal
            .ToStatus("test")
            .Details.Select(detail =>
                detail.TryUnpack<Google.Rpc.QuotaFailure>(out var quota) ? quota : null
            )
            .OfType<Google.Rpc.QuotaFailure>()
            .Single()
            .Violations.Single();
        Assert.Equal("member:ann", violation.Subject);
        Assert.Empty((await _stores.Members.GetAsync("eve", Cancel)).Slots);
        Assert.DoesNotContain(
            (await _stores.Members.GetAsync("ann", Cancel)).Slots,
            slot => slot.Kind == SlotKind.Connection
        );
        // room again
        await _replicas[0]
            .Updater.UpdateAsync(
                MemberPair.Of("ann", "bob"),
                pair => pair.Remove(new RelationshipCommand("bob", _replicas[0].Updater.Now)),
                Cancel
            );
        await AcceptAsync(0, "eve", "ann");
    }

    [Fact]
    public async Task Accept_InviterOfAnotherTier_IsHeldToTheTierOfTheInvitation()
    {
        Limit(connections: 1, tiers: new() { ["wide"] = new TierOptions { Connections = 2 } });
        await SendAsync(0, "ann", "bob", tier: "wide");
        await SendAsync(0, "ann", "eve", tier: "wide");
        await SendAsync(0, "ann", "dan", tier: "wide");
        await AcceptAsync(0, "bob", "ann");
        await AcceptAsync(0, "eve", "ann");

        await AssertRefusedAsync(ErrorReason.ConnectionLimit, AcceptAsync(0, "dan", "ann"));
    }

    [Fact]
    public async Task Send_SlotsLeftByACrash_AreFoundOutBeforeARefusal()
    {
        Limit(weekly: 3);
        await SendAsync(0, "ann", "stored");
        // a process dies between taking its slots and storing the pairs
        await _replicas[1]
            .Slots.TakeInvitationsAsync(
                "ann",
                [new SlotKey("lost", 1), new SlotKey("stored", 1), new SlotKey("gone", 1)],
                _replicas[1].Policy.Of(""),
                known: null,
                Cancel
            );

        // as long as it might be alive its places are kept
        await AssertRefusedAsync(ErrorReason.InvitationQuota, SendAsync(0, "ann", "early"));
        _time.Advance(_replicas[0].Slots.StaleAfter + TimeSpan.FromMilliseconds(1));
        await SendAsync(0, "ann", "first");
        await SendAsync(0, "ann", "second");

        await AssertRefusedAsync(ErrorReason.InvitationQuota, SendAsync(0, "ann", "third"));
        await AssertSlotsAsync("ann", 3);
        // what was found out is not asked again
        var slots = (await _stores.Members.GetAsync("ann", Cancel)).Slots;
        Assert.True(Assert.Single(slots, slot => slot.OtherId == "stored").IsConfirmed);
    }

    [Fact]
    public async Task Send_AgainAfterACrash_NeedsNoSecondPlace()
    {
        Limit(weekly: 1);
        await _replicas[1]
            .Slots.TakeInvitationsAsync(
                "ann",
                [new SlotKey("bob", 1)],
                _replicas[1].Policy.Of(""),
                known: null,
                Cancel
            );

        await SendAsync(0, "ann", "bob");

        await AssertRefusedAsync(ErrorReason.InvitationQuota, SendAsync(0, "ann", "eve"));
    }

    [Fact]
    public async Task Accept_SlotsLeftByACrash_ArePassedOver()
    {
        Limit(connections: 1);
        await SendAsync(0, "bob", "ann");
        await _replicas[1]
            .Slots.TakeAsync(
                SlotKind.Connection,
                "ann",
                new SlotKey("lost", 1),
                _replicas[1].Policy.Of(""),
                Cancel
            );

        await AssertRefusedAsync(ErrorReason.ConnectionLimit, AcceptAsync(0, "ann", "bob"));
        _time.Advance(_replicas[0].Slots.StaleAfter + TimeSpan.FromMilliseconds(1));
        await AcceptAsync(0, "ann", "bob");

        Assert.DoesNotContain(
            (await _stores.Members.GetAsync("ann", Cancel)).Slots,
            slot => slot.Kind == SlotKind.Connection
        );
    }

    [Fact]
    public async Task Send_LastPlaceTakenByAnotherTryOfTheSame_GetsTheAnswer()
    {
        Limit(weekly: 1, pending: 1);
        var request = new RequestKey("r", "content");

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(caller =>
                    Task.Run(
                        () =>
                            _replicas[caller % 2]
                                .Handler.SendAsync(
                                    "ann",
                                    "",
                                    new InvitationToSend("bob", "", null, request),
                                    Cancel
                                ),
                        Cancel
                    )
                )
        );

        Assert.Single(answers.Select(answer => answer.Revision).Distinct());
        await AssertSlotsAsync("ann", 1);
    }

    [Fact]
    public async Task Send_LimitOfNone_IsRefusedWithoutATimeToTryAgain()
    {
        Limit(weekly: 0);

        var refusal = await AssertRefusedAsync(
            ErrorReason.InvitationQuota,
            SendAsync(0, "ann", "bob")
        );

        Assert.DoesNotContain(
            refusal.ToStatus("test").Details,
            detail => detail.Is(Google.Rpc.RetryInfo.Descriptor)
        );
    }

    [Fact]
    public async Task Send_BulkTier_KeepsNoSlots()
    {
        Limit(weekly: 1, pending: 1);

        for (var index = 0; index < 5; index++)
        {
            await SendAsync(index, "ann", $"m{index}", tier: "bulk");
        }

        Assert.Equal(0, (await _stores.Members.GetAsync("ann", Cancel)).Revision);
    }

    [Fact]
    public async Task Send_PendingLimitButNoneAWeek_KeepsNoSlotsAfterwards()
    {
        Limit(weekly: -1, pending: 2);
        await SendAsync(0, "ann", "one");
        await SendAsync(0, "ann", "two");

        await AssertRefusedAsync(ErrorReason.PendingQuota, SendAsync(0, "ann", "three"));

        Assert.Empty((await _stores.Members.GetAsync("ann", Cancel)).Slots);
    }

    private void Limit(
        long? weekly = null,
        long? pending = null,
        long? connections = null,
        Dictionary<string, TierOptions>? tiers = null
    )
    {
        var options = new LimitsOptions { Tiers = tiers ?? [] };
        options.Tiers["standard"] = new TierOptions
        {
            WeeklyInvitations = weekly,
            PendingInvitations = pending,
            Connections = connections,
        };
        _replicas = [new Replica(_stores, options, _time), new Replica(_stores, options, _time)];
    }

    private Task<RelationshipAnswer> SendAsync(
        int caller,
        string inviter,
        string invitee,
        string tier = ""
    ) => _replicas[caller % 2].Handler.SendAsync(inviter, tier, ToSend(invitee), Cancel);

    private Task<RelationshipAnswer> AcceptAsync(int caller, string invitee, string inviter) =>
        _replicas[caller % 2]
            .Handler.AcceptAsync(
                invitee,
                "",
                new InvitationId(MemberPair.Of(inviter, invitee), 1),
                request: null,
                Cancel
            );

    private static InvitationToSend ToSend(string invitee) => new(invitee, "", null, null);

    private static Task<DomainException?[]> RaceAsync(
        int callers,
        Func<int, Task<RelationshipAnswer>> call
    ) =>
        Race.RunAsync<DomainException?>(
            callers,
            async caller =>
            {
                try
                {
                    await call(caller);
                    return null;
                }
                catch (DomainException refusal)
                {
                    return refusal;
                }
            }
        );

    private static void AssertRefused(
        int count,
        ErrorReason reason,
        IReadOnlyCollection<DomainException?> refusals
    )
    {
        Assert.All(
            refusals.OfType<DomainException>(),
            refusal => Assert.Equal(reason, refusal.Reason)
        );
        Assert.Equal(count, refusals.OfType<DomainException>().Count());
    }

    private static async Task<DomainException> AssertRefusedAsync(
        ErrorReason reason,
        Task<RelationshipAnswer> call
    )
    {
        var refusal = await Assert.ThrowsAsync<DomainException>(() => call);
        Assert.Equal(reason, refusal.Reason);
        return refusal;
    }

    private Task<long> CountAsync(string member, RelationshipList list) =>
        _stores.Connections.CountAsync(member, list, Cancel);

    // one for each invitation of the week, whatever was tried
    private async Task AssertSlotsAsync(string member, int count)
    {
        var quotas = await _replicas[0]
            .Quotas.ReadAsync(member, "", [QuotaKind.WeeklyInvitations], Cancel);
        Assert.Equal(count, Assert.Single(quotas).Used);
    }

    private sealed class Replica
    {
        public Replica(Stores stores, LimitsOptions limits, TimeProvider time)
        {
            Policy = new LimitPolicySource(
                Options.Create(limits),
                NullLogger<LimitPolicySource>.Instance
            );
            Updater = new RelationshipUpdater(
                stores.Connections,
                new ChangeSignal(),
                new ConnectionMetrics(new TestMeters()),
                time
            );
            Slots = new MemberSlots(
                stores.Members,
                stores.Connections,
                Options.Create(new StorageOptions()),
                time,
                NullLogger<MemberSlots>.Instance
            );
            Quotas = new QuotasHandler(stores.Members, stores.Connections, Policy, time);
            Handler = new InvitationsHandler(
                stores.Connections,
                stores.Members,
                Updater,
                Slots,
                Policy,
                new InvitationAudienceCheck(new MutualConnections(stores.Connections)),
                new FixedOptions()
            );
        }

        public LimitPolicySource Policy { get; }
        public RelationshipUpdater Updater { get; }
        public MemberSlots Slots { get; }
        public QuotasHandler Quotas { get; }
        public InvitationsHandler Handler { get; }
    }

    private sealed class FixedOptions : IOptionsMonitor<InvitationOptions>
    {
        public InvitationOptions CurrentValue { get; } = new();

        public InvitationOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<InvitationOptions, string?> listener) => null;
    }
}
