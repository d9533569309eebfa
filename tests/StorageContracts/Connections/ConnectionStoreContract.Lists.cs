using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Tests.StorageContracts.Connections;

public abstract partial class ConnectionStoreContract
{
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
    public async Task ReadState_OneConnectionAgainstAnother_IsAnotherVersion()
    {
        // on both sides of the pair
        string[] others = ["a1", "z1", "a2", "z2", "a3", "z3"];
        var versions = new HashSet<long> { await VersionAsync() };
        await ConnectAsync("mia", others[0], Start);
        for (var index = 1; index < others.Length; index++)
        {
            Assert.True(versions.Add(await VersionAsync()));
            await ConnectAsync("mia", others[index], Start.AddMilliseconds(index));
            await StoreAsync(
                (await Store.GetAsync(MemberPair.Of("mia", others[index - 1]), Cancel)).Remove(
                    new RelationshipCommand("mia", Start.AddDays(1))
                )
            );
        }
        Assert.True(versions.Add(await VersionAsync()));
        Assert.Equal(
            new ListState(1, Start.AddMilliseconds(others.Length - 1).ToUnixTimeMilliseconds()),
            await Store.ReadConnectionsStateAsync("mia", Cancel)
        );
        Assert.DoesNotContain(versions, version => version <= 0);
        // what concerns others, or no connection, leaves it as it is
        await ConnectAsync("a9", "z9", Start);
        await InviteAsync("mia", "p1", Start);
        Assert.False(versions.Add(await VersionAsync()));

        async Task<long> VersionAsync() =>
            (await Store.ReadConnectionsStateAsync("mia", Cancel)).Version;
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
}
