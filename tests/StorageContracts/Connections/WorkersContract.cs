using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Connections.Invitations;
using Platform.Connections.Members;
using Platform.Connections.Recommendations;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.Telemetry;
using Platform.Connections.Watch;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>
/// What the workers promise on every engine: erasures and expiries are finished whatever dies, and done once by however many
/// processes.
/// </summary>
public abstract class WorkersContract : IAsyncLifetime
{
    private static readonly InvitationPolicy Policy = new InvitationOptions().Policy;
    private static readonly ErasureOptions Erasure = new();

    private readonly TestMeters _meters = new();
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
    );
    private Stores _stores = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IConnectionStore Connections => _stores.Connections;

    private IMemberStore Members => _stores.Members;

    private IRecommendationStore Recommendations => _stores.Recommendations;

    private IDismissalStore Dismissals => _stores.Dismissals;

    /// <summary>The stores of one database.</summary>
    protected sealed record Stores(
        IConnectionStore Connections,
        IMemberStore Members,
        IRecommendationStore Recommendations,
        IDismissalStore Dismissals
    );

    protected abstract Task<Stores> OpenAsync();

    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync() => _stores = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await CloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_KilledAtAnyCall_IsFinishedByTheNext(bool afterTheCall)
    {
        for (var call = 1; ; call++)
        {
            var member = $"m{call}";
            await PopulateAsync(member);
            var fuse = new Fuse(call, afterTheCall);
            var begun = await BeginAsync(member);
            var isDone = true;
            try
            {
                await NewEraser(fuse).EraseAsync(begun, Cancel);
            }
            catch (Fuse.KilledException)
            {
                isDone = false;
            }
            if (!isDone)
            {
                await TakeUpAsync();
            }
            await AssertErasedAsync(member);
            if (!fuse.HasBlown)
            {
                Assert.True(call > 10, "The erasure made fewer calls than it has steps.");
                return;
            }
        }
    }

    [Fact]
    public async Task Erase_WhatWasNeverInAList_IsErasedToo()
    {
        await PopulateAsync("mia");

        Assert.Equal(10, await Connections.CountToEraseAsync("mia", Cancel));
        await NewEraser().EraseAsync(await BeginAsync("mia"), Cancel);

        await AssertErasedAsync("mia");
        var done = (await Members.GetAsync("mia", Cancel)).Deletion!;
        Assert.Equal(12, done.RemovedCount);
        // to each other they are what they were
        Assert.Equal(
            RelationshipState.Connected,
            (await Connections.GetAsync(MemberPair.Of("mia-p1", "mia-a1"), Cancel)).State
        );
    }

    [Fact]
    public async Task Erase_TwoAtOnce_OneHasTheLease()
    {
        await PopulateAsync("mia");
        var begun = await BeginAsync("mia");

        var both = await Task.WhenAll(
            NewEraser().EraseAsync(begun, Cancel),
            NewEraser().EraseAsync(begun, Cancel)
        );

        Assert.Single(both, after => after is not null);
        await AssertErasedAsync("mia");
    }

    [Fact]
    public async Task Erase_LeaseTakenOverInTheMiddle_EndsOnceForAll()
    {
        const int Pairs = 900;
        await ManyAsync("mia", Pairs);
        var begun = await BeginAsync("mia");

        // each takes it from the other, as if the lease had lapsed
        await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            var member = begun;
                            while (member.Deletion!.State == MemberDeletionState.Running)
                            {
                                await NewEraser().EraseAsync(member, Cancel);
                                member = await Members.GetAsync("mia", Cancel);
                            }
                        },
                        Cancel
                    )
                )
        );

        await AssertErasedAsync("mia");
        Assert.InRange((await Members.GetAsync("mia", Cancel)).Deletion!.RemovedCount, 0, Pairs);
    }

    [Fact]
    public async Task Erase_MemberOfFiveThousandPairs_LeavesNothing()
    {
        const int Pairs = 5000;
        await ManyAsync("mia", Pairs);

        await NewEraser().EraseAsync(await BeginAsync("mia"), Cancel);

        await AssertErasedAsync("mia");
        Assert.Equal(Pairs, (await Members.GetAsync("mia", Cancel)).Deletion!.RemovedCount);
    }

    [Fact]
    public async Task Erase_StoredByACallThatWasUnderWay_IsMetByTheSecondLook()
    {
        await NewEraser().EraseAsync(await BeginAsync("mia"), Cancel);
        await InviteAsync("late", "mia");

        Assert.Empty(await Members.ListErasingAsync(_time.GetUtcNow(), 10, Cancel));
        _time.Advance(Erasure.SecondLook);
        var due = Assert.Single(await Members.ListErasingAsync(_time.GetUtcNow(), 10, Cancel));
        var after = await NewEraser().EraseAsync(due, Cancel);
        await AssertErasedAsync("mia");
        Assert.Equal(1, after!.Deletion!.RemovedCount);
        Assert.Equal(due.Deletion!.EndTime, after.Deletion.EndTime);

        // and again, until a look finds nothing
        _time.Advance(Erasure.SecondLook);
        due = Assert.Single(await Members.ListErasingAsync(_time.GetUtcNow(), 10, Cancel));
        after = await NewEraser().EraseAsync(due, Cancel);
        Assert.Null(after!.Deletion!.DueTime);
        _time.Advance(TimeSpan.FromDays(365));
        Assert.Empty(await Members.ListErasingAsync(_time.GetUtcNow(), 10, Cancel));
    }

    [Fact]
    public async Task Erase_SlotsThatCallsUnderWayLeft_GoWithTheRest()
    {
        var begun = await BeginAsync("mia");
        var withSlot = await Members.TryStoreAsync(
            begun with
            {
                Slots = [new Slot(SlotKind.Invitation, "bob", 1, _time.GetUtcNow(), 2)],
            },
            Cancel
        );

        await NewEraser().EraseAsync(withSlot!, Cancel);

        Assert.Empty((await Members.GetAsync("mia", Cancel)).Slots);
    }

    [Fact]
    public async Task ListPairs_AfterAnErasure_HoldsNoMarkers()
    {
        await PopulateAsync("mia");
        await NewEraser().EraseAsync(await BeginAsync("mia"), Cancel);
        await NewEraser().EraseAsync(await BeginAsync("zoe"), Cancel);

        var pairs = await Connections.ListPairsAsync(null, 100, Cancel);

        Assert.Equal(11, pairs.Count);
        Assert.DoesNotContain(pairs, pair => pair.Pair.Low.Length == 0);
    }

    [Fact]
    public async Task Expire_TwoReplicasAtOnce_ExpireEachInvitationOnce()
    {
        const int Invitations = 700;
        await ManyAsync("mia", Invitations);
        _time.Advance(Policy.Expiry);
        var answered = await Connections.GetAsync(MemberPair.Of("mia", "mia-0"), Cancel);
        Assert.NotNull(
            await Connections.TryStoreAsync(
                answered.Accept(new RelationshipCommand("mia-0", _time.GetUtcNow()), 1).Next!,
                Cancel
            )
        );

        var expired = await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(_ => Task.Run(() => NewExpiry().ExpireAsync(Cancel), Cancel))
        );

        Assert.Equal(Invitations - 1, expired.Sum());
        Assert.Equal(Invitations - 1, _meters.Sum("connections.invitations", "expired"));
        var list = await Connections.ListRelationshipsAsync(
            new ListQuery("mia", RelationshipList.SentExpired, Invitations),
            Cancel
        );
        Assert.Equal(Invitations - 1, list.Count);
        Assert.All(
            list,
            pair =>
                Assert.Equal(
                    [TransitionKind.Invited, TransitionKind.Expired],
                    pair.Ledger.Select(line => line.Kind)
                )
        );
        Assert.Equal(0, await NewExpiry().ExpireAsync(Cancel));
    }

    [Fact]
    public async Task Erase_MemberWithDismissals_LeavesNoneOfThemInEitherDirection()
    {
        await Dismissals.DismissAsync("mia", "ann", Cancel);
        await Dismissals.DismissAsync("ann", "mia", Cancel);
        await Dismissals.DismissAsync("ann", "bob", Cancel);

        await NewEraser().EraseAsync(await BeginAsync("mia"), Cancel);

        Assert.Empty(await Dismissals.FindAsync("mia", ["ann"], Cancel));
        Assert.Equal(["bob"], await Dismissals.FindAsync("ann", ["mia", "bob"], Cancel));
    }

    private Eraser NewEraser(Fuse? fuse = null) =>
        new(
            fuse?.Wire(Connections) ?? Connections,
            fuse?.Wire(Members) ?? Members,
            fuse?.Wire(Recommendations) ?? Recommendations,
            fuse?.Wire(Dismissals) ?? Dismissals,
            new ChangeSignal(),
            Options.Create(Erasure),
            _time
        );

    private ExpiryWorker NewExpiry()
    {
        var signal = new ChangeSignal();
        return new ExpiryWorker(
            Connections,
            new RelationshipUpdater(Connections, signal, new ConnectionMetrics(_meters), _time),
            Options.Create(new InvitationOptions()),
            _time,
            NullLogger<ExpiryWorker>.Instance
        );
    }

    private async Task<MemberRecord> BeginAsync(string member)
    {
        var now = _time.GetUtcNow();
        return (
            await Members.TryStoreAsync(
                (await Members.GetAsync(member, Cancel)) with
                {
                    Deletion = new MemberDeletion(MemberDeletionState.Running, now, null, 0, now),
                },
                Cancel
            )
        )!;
    }

    // what the next process does when the lease of the dead one has lapsed
    private async Task TakeUpAsync()
    {
        _time.Advance(Erasure.Lease);
        foreach (var due in await Members.ListErasingAsync(_time.GetUtcNow(), 100, Cancel))
        {
            Assert.NotNull(await NewEraser().EraseAsync(due, Cancel));
        }
    }

    private async Task AssertErasedAsync(string member)
    {
        Assert.Equal(0, await Connections.CountToEraseAsync(member, Cancel));
        Assert.Empty(await Connections.ListToEraseAsync(member, 10, Cancel));
        Assert.Empty(await Connections.CountAllAsync(member, Cancel));
        foreach (var role in Enum.GetValues<RecommendationRole>())
        {
            Assert.Empty(
                await Recommendations.ListAsync(new RecommendationQuery(member, role, 10), Cancel)
            );
        }
        var marker = await Connections.GetAsync(MemberPair.MarkerOf(member), Cancel);
        Assert.Equal(TransitionKind.MemberDeleted, Assert.Single(marker.Ledger).Kind);
        var changes = await Connections.ReadChangesAsync(0, int.MaxValue, Cancel);
        foreach (
            var pair in changes.Where(change =>
                change.Pair.SideOf(member) != Side.None && change.Pair != marker.Pair
            )
        )
        {
            Assert.Equal(RelationshipState.Erased, pair.State);
            Assert.Null(pair.Invitation);
            Assert.Empty(pair.RecentMutations);
            Assert.Contains(
                Assert.Single(pair.Ledger).Kind,
                new[] { TransitionKind.Removed, TransitionKind.Emptied }
            );
        }
        var record = await Members.GetAsync(member, Cancel);
        Assert.Equal(MemberDeletionState.Done, record.Deletion!.State);
        Assert.NotNull(record.Deletion.EndTime);
    }

    /// <summary>
    /// Ten pairs of a member, in all kinds of lists and in none, on both sides of it, with two recommendations; and a pair that it has
    /// no part in.
    /// </summary>
    private async Task PopulateAsync(string member)
    {
        foreach (var side in new[] { "a", "p" })
        {
            // smaller and greater than the member's own id
            var prefix = side == "a" ? $"a-{member}-" : $"{member}-";
            var connected = await ConnectAsync(member, prefix + "connected");
            await RecommendAsync(member, prefix + "connected", connected);
            await StoreAsync(
                Relationship
                    .None(MemberPair.Of(prefix + "lifted", member))
                    .Block(Command(prefix + "lifted"), TimeSpan.Zero)
            );
            await StoreAsync(
                (
                    await Connections.GetAsync(MemberPair.Of(prefix + "lifted", member), Cancel)
                ).Unblock(Command(prefix + "lifted"), TimeSpan.Zero)
            );
            var removed = await ConnectAsync(prefix + "removed", member);
            await StoreAsync(removed.Remove(Command(member)));
            await InviteAsync(prefix + "pending", member);
            var withdrawn = await InviteAsync(prefix + "withdrawn", member);
            await StoreAsync(withdrawn.Withdraw(Command(prefix + "withdrawn"), 1, Policy));
        }
        await ConnectAsync($"{member}-p1", $"{member}-a1");
    }

    private async Task RecommendAsync(string author, string recipient, Relationship pair)
    {
        var written = RecommendationThread
            .None(new RecommendationKey(author, recipient))
            .Write(
                new RecommendationCommand(author, _time.GetUtcNow(), pair.Status, pair.Revision),
                "words",
                ""
            );
        Assert.NotNull(await Recommendations.TryStoreAsync(written.Next!, Cancel));
    }

    private Task ManyAsync(string member, int pairs) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, pairs),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (index, _) => await InviteAsync(member, $"{member}-{index}")
        );

    private RelationshipCommand Command(string actor) =>
        new(actor, _time.GetUtcNow(), new RequestKey(Guid.NewGuid().ToString("N"), "content"));

    private Task<Relationship> InviteAsync(string inviter, string invitee) =>
        StoreAsync(
            Relationship
                .None(MemberPair.Of(inviter, invitee))
                .Send(Command(inviter), "words", null, Policy)
        );

    private async Task<Relationship> ConnectAsync(string inviter, string invitee) =>
        await StoreAsync((await InviteAsync(inviter, invitee)).Accept(Command(invitee), 1));

    private async Task<Relationship> StoreAsync(Decision decision) =>
        (await Connections.TryStoreAsync(decision.Next!, Cancel))!;
}
