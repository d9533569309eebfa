using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>What every engine of <see cref="IConnectionStore"/> promises. An engine only says how to open one.</summary>
public abstract partial class ConnectionStoreContract : IAsyncLifetime
{
    private static readonly InvitationPolicy Policy = new(
        TimeSpan.FromDays(180),
        TimeSpan.FromDays(21),
        TimeSpan.FromDays(90)
    );
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    private IConnectionStore _store = null!;
    private IConnectionStore Store => _store;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the store of this test; called again it opens the same one anew, with all that it holds.</summary>
    protected abstract Task<IConnectionStore> OpenAsync();

    /// <summary>Closes a store opened before.</summary>
    protected abstract Task CloseAsync(IConnectionStore store);

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(_store);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Get_NothingStored_IsNone()
    {
        var pair = MemberPair.Of("ann", "bob");

        Assert.Equivalent(
            Relationship.None(pair),
            await Store.GetAsync(pair, Cancel),
            strict: true
        );
        Assert.Equal(default, await Store.GetStatusAsync(pair, Cancel));
        Assert.Equal(0, await Store.GetRevisionAsync(Cancel));
    }

    [Fact]
    public async Task TryStore_FullDocument_ReadsBackTheSame()
    {
        var pair = MemberPair.Of("bob", "ann");
        var request = new RequestKey("r1", "content");
        var stored = await StoreAsync(
            Relationship
                .None(pair)
                .Send(
                    new RelationshipCommand("bob", Start, request),
                    "Grüße, \"ann\" 🎉\n<b>",
                    new InvitationContext("a fair", "the school", "text"),
                    Policy
                )
        );
        var declined = await StoreAsync(
            stored.Decline(
                new RelationshipCommand("ann", Start.AddDays(1)),
                1,
                DeclineReason.Other,
                "no, thank you",
                Policy
            )
        );

        var read = await Store.GetAsync(pair, Cancel);

        Assert.Equivalent(declined, read, strict: true);
        Assert.Equal(declined.Invitation, read.Invitation);
        Assert.Equal(declined.Ledger, read.Ledger);
        Assert.Equal(declined.RecentMutations, read.RecentMutations);
        Assert.Equal(
            new PairStatus(RelationshipState.Declined, Side.High, 1, Side.None),
            await Store.GetStatusAsync(pair, Cancel)
        );
    }

    [Fact]
    public async Task TryStore_ReminderTierAndUndoneDecline_ReadBackTheSame()
    {
        var pair = MemberPair.Of("ann", "bob");
        var invited = await StoreAsync(
            Relationship
                .None(pair)
                .Send(new RelationshipCommand("ann", Start, Tier: "premium"), "", null, Policy)
        );
        var reminded = await StoreAsync(
            invited.Remind(new RelationshipCommand("ann", Start.AddDays(8)), 1, Policy)
        );
        var declined = await StoreAsync(
            reminded.Decline(
                new RelationshipCommand("bob", Start.AddDays(9)),
                1,
                DeclineReason.NotNow,
                "no",
                Policy
            )
        );
        var undone = await StoreAsync(
            declined.UndoDecline(
                new RelationshipCommand("bob", Start.AddDays(9).AddHours(1)),
                1,
                Policy
            )
        );

        var read = await Store.GetAsync(pair, Cancel);

        Assert.Equivalent(undone, read, strict: true);
        Assert.Equal(undone.Invitation, read.Invitation);
        Assert.Equal(reminded.Invitation, read.Invitation);
        Assert.Equal(undone.Ledger, read.Ledger);
        // it expires as if it had never been declined
        var due = await Store.ListExpiredAsync(read.Invitation!.ExpireTime, 10, Cancel);
        Assert.Equal(pair, Assert.Single(due).Pair);
        var listed = await Store.ListAsync(
            new ListQuery("bob", RelationshipList.ReceivedPending, 10),
            Cancel
        );
        Assert.Equal(new ListEntry("ann", Start), Assert.Single(listed));
    }

    [Fact]
    public async Task TryStore_Blocked_ChecksSayThroughWhichInvitation()
    {
        var invited = await InviteAsync("ann", "bob", Start);
        var blocked = invited with { BlockedBy = Side.High, BlockedThrough = 1 };
        Assert.NotNull(await Store.TryStoreAsync(blocked, Cancel));

        Assert.Equal(1, (await Store.GetAsync(invited.Pair, Cancel)).BlockedThrough);
        var status = await Store.GetStatusAsync(invited.Pair, Cancel);
        Assert.Equal((Side.High, 1), (status.BlockedBy, status.BlockedThrough));
        Assert.Equal(status, (await Store.GetStatusesAsync("ann", ["bob"], Cancel))[0]);
        Assert.Equal(status, (await Store.GetStatusesAsync("bob", ["ann"], Cancel))[0]);
    }

    [Fact]
    public async Task TryStore_OldRevision_ChangesNothing()
    {
        var pair = MemberPair.Of("ann", "bob");
        var invited = await InviteAsync("ann", "bob", Start);
        var accepted = invited.Accept(new RelationshipCommand("bob", Start), 1).Next!;
        var withdrawn = invited.Withdraw(new RelationshipCommand("ann", Start), 1, Policy).Next!;

        Assert.NotNull(await Store.TryStoreAsync(accepted, Cancel));
        Assert.Null(await Store.TryStoreAsync(withdrawn, Cancel));
        Assert.Null(await Store.TryStoreAsync(Invitation("ann", "bob", Start), Cancel));
        Assert.Equal(RelationshipState.Connected, (await Store.GetAsync(pair, Cancel)).State);
    }

    [Fact]
    public async Task TryStore_NothingToChange_StoresNothing()
    {
        var invented = Invitation("ann", "bob", Start).Stamped(5);

        Assert.Null(await Store.TryStoreAsync(invented, Cancel));
        Assert.Equal(0, await Store.GetRevisionAsync(Cancel));
    }

    [Fact]
    public async Task TryStore_ManyAtOnce_ExactlyOneWins()
    {
        for (var round = 0; round < 10; round++)
        {
            var invited = await InviteAsync($"a{round}", $"b{round}", Start);
            using var start = new ManualResetEventSlim();
            var racers = Enumerable
                .Range(0, 8)
                .Select(racer =>
                    Task.Run(
                        () =>
                        {
                            var next = (
                                racer % 2 == 0
                                    ? invited.Accept(new($"b{round}", Start), 1)
                                    : invited.Withdraw(new($"a{round}", Start), 1, Policy)
                            ).Next!;
                            start.Wait(Cancel);
                            return Store.TryStoreAsync(next, Cancel);
                        },
                        Cancel
                    )
                )
                .ToArray();
            start.Set();

            var results = await Task.WhenAll(racers);

            var winner = Assert.Single(results, result => result is not null)!;
            Assert.Equal(winner.State, (await Store.GetAsync(invited.Pair, Cancel)).State);
        }
    }

    [Fact]
    public async Task GetStatuses_Mixed_AnswersInOrder()
    {
        await InviteAsync("mia", "ann", Start);
        await InviteAsync("zoe", "mia", Start);
        await ConnectAsync("mia", "bob", Start);
        await ConnectAsync("ann", "zoe", Start);

        var statuses = await Store.GetStatusesAsync(
            "mia",
            ["zoe", "bob", "nobody", "ann", "mia", "bob"],
            Cancel
        );

        Assert.Equal(
            [
                new PairStatus(RelationshipState.Pending, Side.High, 1, Side.None),
                new PairStatus(RelationshipState.Connected, Side.High, 1, Side.None),
                default,
                new PairStatus(RelationshipState.Pending, Side.High, 1, Side.None),
                default,
                new PairStatus(RelationshipState.Connected, Side.High, 1, Side.None),
            ],
            statuses
        );
    }

    [Fact]
    public async Task GetStatuses_OfPairs_AnswersInOrder()
    {
        await InviteAsync("mia", "ann", Start);
        await ConnectAsync("mia", "bob", Start);
        await ConnectAsync("ann", "zoe", Start);
        MemberPair[] pairs =
        [
            MemberPair.Of("zoe", "ann"),
            MemberPair.Of("mia", "nobody"),
            MemberPair.Of("mia", "ann"),
            MemberPair.Of("bob", "mia"),
            MemberPair.Of("bob", "zoe"),
            MemberPair.Of("zoe", "ann"),
        ];

        var statuses = await Store.GetStatusesAsync(pairs, Cancel);

        Assert.Equal(
            [
                new PairStatus(RelationshipState.Connected, Side.Low, 1, Side.None),
                default,
                new PairStatus(RelationshipState.Pending, Side.High, 1, Side.None),
                new PairStatus(RelationshipState.Connected, Side.High, 1, Side.None),
                default,
                new PairStatus(RelationshipState.Connected, Side.Low, 1, Side.None),
            ],
            statuses
        );
        Assert.Empty(await Store.GetStatusesAsync((MemberPair[])[], Cancel));
    }

    [Fact]
    public async Task GetMany_Mixed_AreThoseThatAreStored()
    {
        await InviteAsync("mia", "ann", Start);
        await InviteAsync("zoe", "mia", Start);
        await ConnectAsync("ann", "zoe", Start);

        var found = await Store.GetManyAsync("mia", ["zoe", "nobody", "ann", "mia", "zoe"], Cancel);

        Assert.Equal(["ann", "zoe"], found.Keys.Order(StringComparer.Ordinal));
        foreach (var (other, relationship) in found)
        {
            Assert.Equivalent(
                await Store.GetAsync(MemberPair.Of("mia", other), Cancel),
                relationship,
                strict: true
            );
        }
        Assert.Empty(await Store.GetManyAsync("mia", [], Cancel));
    }

    [Fact]
    public async Task GetStatuses_FiveHundred_AreAnswered()
    {
        var others = Enumerable.Range(0, 500).Select(index => $"member-{index}").ToArray();
        await ConnectAsync("mia", others[7], Start);
        await ConnectAsync("mia", others[499], Start);

        var statuses = await Store.GetStatusesAsync("mia", others, Cancel);

        Assert.Equal(500, statuses.Count);
        Assert.Equal(
            [7, 499],
            Enumerable
                .Range(0, 500)
                .Where(index => statuses[index].State == RelationshipState.Connected)
        );
    }

    [Fact]
    public async Task TryStore_TextThatLooksLikeAnExpression_ReadsBackTheSame()
    {
        var pair = MemberPair.Of("ann", "bob");
        var stored = await StoreAsync(
            Relationship
                .None(pair)
                .Send(
                    new RelationshipCommand("ann", Start, new RequestKey("$revision", "$$NOW")),
                    "$low",
                    new InvitationContext("$$ROOT", "{ \"$add\": [1, 2] }", "'; --"),
                    Policy
                )
        );

        Assert.Equivalent(stored, await Store.GetAsync(pair, Cancel), strict: true);
        Assert.Equal("$low", stored.Invitation!.Note);
    }

    [Fact]
    public async Task Open_Again_HoldsWhatWasStored()
    {
        var stored = await ConnectAsync("ann", "bob", Start);

        await CloseAsync(_store);
        _store = await OpenAsync();

        Assert.Equivalent(stored, await Store.GetAsync(stored.Pair, Cancel), strict: true);
        Assert.True((await InviteAsync("ann", "eve", Start)).Revision > stored.Revision);
    }

    private static string Other(Relationship relationship, string member) =>
        relationship.Pair.MemberAt(relationship.Pair.SideOf(member).Other());

    private static Relationship Invitation(string inviter, string invitee, DateTimeOffset now) =>
        Relationship
            .None(MemberPair.Of(inviter, invitee))
            .Send(new RelationshipCommand(inviter, now), "", null, Policy)
            .Next!;

    private async Task<Relationship> StoreAsync(Decision decision)
    {
        var stored = await Store.TryStoreAsync(decision.Next!, Cancel);
        Assert.NotNull(stored);
        return stored;
    }

    private async Task<Relationship> InviteAsync(
        string inviter,
        string invitee,
        DateTimeOffset now
    ) => (await Store.TryStoreAsync(Invitation(inviter, invitee, now), Cancel))!;

    private async Task<Relationship> ConnectAsync(
        string inviter,
        string invitee,
        DateTimeOffset now
    ) =>
        await StoreAsync(
            (await InviteAsync(inviter, invitee, now)).Accept(
                new RelationshipCommand(invitee, now),
                1
            )
        );

    private async Task ExpireAsync(string inviter, string invitee, DateTimeOffset now)
    {
        var invited = await InviteAsync(inviter, invitee, now);
        Assert.NotNull(await Store.TryStoreAsync(invited.Expire(now + Policy.Expiry)!, Cancel));
    }

    private async Task WithdrawAsync(string inviter, string invitee, DateTimeOffset now) =>
        await StoreAsync(
            (await InviteAsync(inviter, invitee, now)).Withdraw(
                new RelationshipCommand(inviter, now),
                1,
                Policy
            )
        );

    private async Task DeclineAsync(string inviter, string invitee, DateTimeOffset now) =>
        await StoreAsync(
            (await InviteAsync(inviter, invitee, now)).Decline(
                new RelationshipCommand(invitee, now),
                1,
                DeclineReason.NotNow,
                "",
                Policy
            )
        );
}
