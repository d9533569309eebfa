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
    public async Task ListPairs_AnyPageSize_ListsAllInTheOrderOfIds()
    {
        // ids where one begins another, and where upper case and signs sort apart from what people expect
        string[] members = ["a", "ab", "a-b", "B", "a.", "a_", "0", "zz", "z"];
        var pairs = members
            .SelectMany(one => members, (one, other) => (one, other))
            .Where(pair => string.CompareOrdinal(pair.one, pair.other) < 0)
            .Select(pair => MemberPair.Of(pair.one, pair.other))
            .OrderBy(pair => pair.Low, StringComparer.Ordinal)
            .ThenBy(pair => pair.High, StringComparer.Ordinal)
            .ToList();
        foreach (var pair in pairs.OrderBy(pair => pair.GetHashCode()))
        {
            await ConnectAsync(pair.Low, pair.High, Start.AddMinutes(pair.GetHashCode() % 7));
        }
        for (var limit = 1; limit <= pairs.Count + 1; limit++)
        {
            var listed = new List<MemberPair>();
            while (true)
            {
                var page = await Store.ListPairsAsync(
                    listed.Count == 0 ? null : listed[^1],
                    limit,
                    Cancel
                );
                listed.AddRange(page.Select(relationship => relationship.Pair));
                Assert.All(page, pair => Assert.Equal(RelationshipState.Connected, pair.State));
                if (page.Count < limit)
                {
                    break;
                }
                Assert.Equal(limit, page.Count);
            }
            Assert.Equal(pairs, listed);
        }
    }

    [Fact]
    public async Task ListConnected_AnyPageSize_ListsTheConnectedOnceEach()
    {
        // several of one instant, so that pages end within a member and within an instant
        string[] members = ["a", "ab", "a-b", "B", "0", "z"];
        var connected = new List<ConnectedPair>();
        foreach (var one in members)
        {
            foreach (var other in members.Where(other => string.CompareOrdinal(one, other) < 0))
            {
                var time = Start.AddMinutes(connected.Count % 3);
                await ConnectAsync(one, other, time);
                connected.Add(new ConnectedPair(MemberPair.Of(one, other), time));
            }
        }
        await InviteAsync("a", "pending", Start);
        var removed = await Store.GetAsync(MemberPair.Of("0", "B"), Cancel);
        Assert.NotNull(
            await Store.TryStoreAsync(removed.Remove(new("B", Start.AddHours(1))).Next!, Cancel)
        );
        connected.RemoveAll(pair => pair.Pair == removed.Pair);
        for (var limit = 1; limit <= connected.Count + 1; limit++)
        {
            var listed = new List<ConnectedPair>();
            while (true)
            {
                var page = await Store.ListConnectedAsync(
                    listed.Count == 0 ? null : listed[^1],
                    limit,
                    Cancel
                );
                listed.AddRange(page);
                if (page.Count < limit)
                {
                    break;
                }
                Assert.Equal(limit, page.Count);
            }
            Assert.Equal(
                connected.OrderBy(pair => pair.ToString(), StringComparer.Ordinal),
                listed.OrderBy(pair => pair.ToString(), StringComparer.Ordinal)
            );
            // those of one member follow one another
            var lows = listed.Select(pair => pair.Pair.Low).ToList();
            Assert.Equal(
                lows.Distinct(StringComparer.Ordinal).Count(),
                lows.Where((low, index) => index == 0 || lows[index - 1] != low).Count()
            );
        }
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
    public async Task TryStore_Revisions_GrowOverAllPairs()
    {
        var first = await InviteAsync("ann", "bob", Start);
        var second = await InviteAsync("eve", "dan", Start);
        var third = await StoreAsync(first.Accept(new RelationshipCommand("bob", Start), 1));

        Assert.True(0 < first.Revision);
        Assert.True(first.Revision < second.Revision);
        Assert.True(second.Revision < third.Revision);
        Assert.Equal(third.Revision, await Store.GetRevisionAsync(Cancel));
        Assert.Equal([first.Revision, third.Revision], third.Ledger.Select(line => line.Revision));
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
    public async Task List_EveryState_StandsInTheListsOfItsSides()
    {
        await InviteAsync("mia", "p1", Start);
        await InviteAsync("a1", "mia", Start);
        await ConnectAsync("mia", "p2", Start);
        await ConnectAsync("a2", "mia", Start);
        await WithdrawAsync("mia", "p3", Start);
        await WithdrawAsync("a3", "mia", Start);
        await DeclineAsync("mia", "p4", Start);
        await DeclineAsync("a4", "mia", Start);
        var removed = await ConnectAsync("mia", "p5", Start);
        await StoreAsync(removed.Remove(new RelationshipCommand("p5", Start)));
        await ConnectAsync("a1", "p1", Start);
        await ExpireAsync("mia", "p6", Start);
        await ExpireAsync("a6", "mia", Start);
        await BlockAsync("mia", "p7", Start);
        await BlockAsync("a7", "mia", Start);

        var expected = new Dictionary<RelationshipList, string[]>
        {
            [RelationshipList.Connections] = ["a2", "p2"],
            [RelationshipList.SentPending] = ["p1"],
            [RelationshipList.SentAccepted] = ["p2"],
            [RelationshipList.SentDeclined] = ["p4"],
            [RelationshipList.SentWithdrawn] = ["p3"],
            [RelationshipList.SentExpired] = ["p6"],
            [RelationshipList.ReceivedPending] = ["a1"],
            [RelationshipList.ReceivedAccepted] = ["a2"],
            [RelationshipList.ReceivedDeclined] = ["a4"],
            [RelationshipList.ReceivedExpired] = ["a6"],
            [RelationshipList.Blocked] = ["p7"],
            [RelationshipList.BlockedBy] = ["a7"],
        };
        Assert.Equal(Enum.GetValues<RelationshipList>(), expected.Keys.Order());
        foreach (var (list, members) in expected)
        {
            var query = new ListQuery("mia", list, 100);
            Assert.Equal(
                members,
                (await Store.ListAsync(query, Cancel)).Select(entry => entry.OtherId)
            );
            Assert.Equal(
                members,
                (await Store.ListRelationshipsAsync(query, Cancel)).Select(relationship =>
                    Other(relationship, "mia")
                )
            );
            Assert.Equal(
                members,
                (await Store.ListAsync(query with { Order = ListOrder.Id }, Cancel)).Select(entry =>
                    entry.OtherId
                )
            );
            Assert.Equal(members.Length, await Store.CountAsync("mia", list, Cancel));
        }
        Assert.Equal(
            expected
                .Where(entry => entry.Value.Length > 0)
                .ToDictionary(entry => entry.Key, entry => (long)entry.Value.Length),
            await Store.CountAllAsync("mia", Cancel)
        );
    }

    [Fact]
    public async Task List_Recent_IsNewestFirstThenById()
    {
        await ConnectAsync("mia", "zoe", Start);
        await ConnectAsync("mia", "ann", Start.AddMilliseconds(1));
        await ConnectAsync("mia", "bob", Start);
        await ConnectAsync("mia", "tom", Start.AddMilliseconds(2));

        var entries = await Store.ListAsync(
            new ListQuery("mia", RelationshipList.Connections, 10),
            Cancel
        );

        Assert.Equal(["tom", "ann", "bob", "zoe"], entries.Select(entry => entry.OtherId));
        Assert.Equal(Start.AddMilliseconds(2), entries[0].Time);
    }

    [Theory]
    [InlineData(ListOrder.Recent)]
    [InlineData(ListOrder.Id)]
    public async Task List_PagedUnderChange_NeitherSkipsNorRepeats(ListOrder order)
    {
        var stable = new HashSet<string>();
        for (var index = 0; index < 40; index++)
        {
            // both sides of the pair, and several of one instant
            var other = index % 2 == 0 ? $"a{index:00}" : $"z{index:00}";
            await ConnectAsync("mia", other, Start.AddMilliseconds(index / 4));
            stable.Add(other);
        }
        var seen = new List<string>();
        ListPosition? after = null;
        var page = 0;
        while (true)
        {
            var entries = await Store.ListAsync(
                new ListQuery("mia", RelationshipList.Connections, 7)
                {
                    Order = order,
                    After = after,
                },
                Cancel
            );
            if (entries.Count == 0)
            {
                break;
            }
            seen.AddRange(entries.Select(entry => entry.OtherId));
            after = entries[^1].Position;
            // the entry that the position names goes away, and others come
            await StoreAsync(
                (await Store.GetAsync(MemberPair.Of("mia", after.OtherId), Cancel)).Remove(
                    new RelationshipCommand("mia", Start.AddDays(1))
                )
            );
            stable.Remove(after.OtherId);
            await ConnectAsync("mia", $"new{page++}", Start.AddDays(1));
        }

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(stable.Except(seen));
    }

    [Fact]
    public async Task List_TimeFilter_IncludesFromAndExcludesBefore()
    {
        for (var index = 0; index < 5; index++)
        {
            await ConnectAsync("mia", $"m{index}", Start.AddMilliseconds(index));
        }
        var query = new ListQuery("mia", RelationshipList.Connections, 10)
        {
            From = Start.AddMilliseconds(1),
            Before = Start.AddMilliseconds(3),
        };

        Assert.Equal(
            ["m2", "m1"],
            (await Store.ListAsync(query, Cancel)).Select(entry => entry.OtherId)
        );
        // a bound between two milliseconds
        Assert.Equal(
            ["m2"],
            (
                await Store.ListAsync(query with { From = Start.AddMilliseconds(1.5) }, Cancel)
            ).Select(entry => entry.OtherId)
        );
        Assert.Equal(
            ["m1", "m2"],
            (await Store.ListAsync(query with { Order = ListOrder.Id }, Cancel)).Select(entry =>
                entry.OtherId
            )
        );
    }

    [Fact]
    public async Task ReadChanges_FromAnyCursor_MissesNothing()
    {
        var ann = await InviteAsync("mia", "ann", Start);
        var bob = await InviteAsync("mia", "bob", Start);
        ann = await StoreAsync(ann.Accept(new RelationshipCommand("ann", Start), 1));

        var all = await Store.ReadChangesAsync(0, 10, Cancel);
        Assert.Equal([bob.Revision, ann.Revision], all.Select(change => change.Revision));
        Assert.Equal(2, all[1].Ledger.Count);

        var first = Assert.Single(await Store.ReadChangesAsync(0, 1, Cancel));
        var rest = await Store.ReadChangesAsync(first.Revision, 10, Cancel);
        Assert.Equal([ann.Revision], rest.Select(change => change.Revision));
        Assert.Empty(await Store.ReadChangesAsync(ann.Revision, 10, Cancel));
    }

    [Fact]
    public async Task ReadChanges_WhileTwoStoresWrite_MissesNothing()
    {
        const int Pairs = 60;
        var second = await OpenAsync();
        try
        {
            var met = new Dictionary<MemberPair, long>();
            var cursor = 0L;
            var writing = Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(writer =>
                        Task.Run(
                            async () =>
                            {
                                var store = writer % 2 == 0 ? Store : second;
                                for (var index = writer; index < Pairs; index += 4)
                                {
                                    var invitation = Invitation($"a{index}", $"b{index}", Start);
                                    Assert.NotNull(await store.TryStoreAsync(invitation, Cancel));
                                }
                            },
                            Cancel
                        )
                    )
            );
            bool isLastLook;
            do
            {
                isLastLook = writing.IsCompleted;
                var after = Store.SettledRevision(cursor);
                while (await Store.ReadChangesAsync(after, 7, Cancel) is { Count: > 0 } page)
                {
                    Assert.Equal(
                        page.Select(change => change.Revision).Order(),
                        page.Select(change => change.Revision)
                    );
                    Assert.True(page[0].Revision > after);
                    foreach (var change in page)
                    {
                        met[change.Pair] = change.Revision;
                    }
                    after = page[^1].Revision;
                }
                cursor = Math.Max(cursor, after);
            } while (!isLastLook);
            await writing;

            Assert.Equal(Pairs, met.Count);
            Assert.Equal(met.Values.Max(), await second.GetRevisionAsync(Cancel));
        }
        finally
        {
            await CloseAsync(second);
        }
    }

    [Fact]
    public async Task TryStore_AfterReadingWhatAnotherStored_HasTheGreaterRevision()
    {
        var second = await OpenAsync();
        try
        {
            for (var round = 0; round < 20; round++)
            {
                var first = await InviteAsync($"a{round}", $"b{round}", Start);
                await second.GetAsync(first.Pair, Cancel);
                var next = await second.TryStoreAsync(
                    Invitation($"c{round}", $"d{round}", Start),
                    Cancel
                );
                Assert.True(next!.Revision > first.Revision);
            }
        }
        finally
        {
            await CloseAsync(second);
        }
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
    public async Task ListExpired_SomeOverdue_GivesThoseLongestOverdueFirst()
    {
        await InviteAsync("mia", "late", Start.AddMilliseconds(1));
        await InviteAsync("mia", "later", Start.AddMilliseconds(2));
        await InviteAsync("mia", "first", Start);
        await ConnectAsync("mia", "answered", Start);
        await ExpireAsync("mia", "gone", Start);
        var now = Start.AddMilliseconds(1) + Policy.Expiry;

        var due = await Store.ListExpiredAsync(now, 10, Cancel);

        Assert.Equal(["first", "late"], due.Select(relationship => Other(relationship, "mia")));
        Assert.Single(await Store.ListExpiredAsync(now, 1, Cancel));
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
