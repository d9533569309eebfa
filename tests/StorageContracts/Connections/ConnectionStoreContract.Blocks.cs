using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>Blocks, which each side of a pair has for itself.</summary>
public abstract partial class ConnectionStoreContract
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(48);

    [Fact]
    public async Task TryStore_BlockedAndLifted_ReadsBackTheSame()
    {
        var pair = MemberPair.Of("ann", "bob");
        var connected = await ConnectAsync("ann", "bob", Start);
        var blocked = await StoreAsync(
            connected.Block(
                new RelationshipCommand("ann", Start.AddMilliseconds(1), new RequestKey("r1", "x")),
                Pause
            )
        );
        var both = await StoreAsync(
            blocked.Block(new RelationshipCommand("bob", Start.AddMilliseconds(2)), Pause)
        );
        Assert.Equivalent(both, await Store.GetAsync(pair, Cancel), strict: true);
        Assert.Equal(
            new PairStatus(RelationshipState.None, Side.Low, 1, Side.Low | Side.High, 1),
            await Store.GetStatusAsync(pair, Cancel)
        );

        var lifted = await StoreAsync(
            both.Unblock(new RelationshipCommand("ann", Start.AddMilliseconds(3)), Pause)
        );

        var read = await Store.GetAsync(pair, Cancel);
        Assert.Equivalent(lifted, read, strict: true);
        Assert.Null(read.LowBlockTime);
        Assert.Equal(Start.AddMilliseconds(3), read.LowUnblockTime);
        Assert.Equal(Start.AddMilliseconds(2), read.HighBlockTime);
        Assert.Equal(Start.AddMilliseconds(1), read.RecentMutations[0].BlockTime);
        Assert.Equal(
            new PairStatus(RelationshipState.None, Side.Low, 1, Side.High, 1),
            Assert.Single(await Store.GetStatusesAsync("bob", ["ann"], Cancel))
        );
    }

    [Fact]
    public async Task List_BlockedByBoth_EachListHasTheTimeOfItsOwnBlock()
    {
        // mia blocks three, oldest first; the second and third block her as well, in the other order
        var ann = await BlockAsync("mia", "ann", Start);
        await BlockAsync("mia", "bob", Start.AddMilliseconds(10));
        var zoe = await BlockAsync("mia", "zoe", Start.AddMilliseconds(20));
        await StoreAsync(
            zoe.Block(new RelationshipCommand("zoe", Start.AddMilliseconds(30)), Pause)
        );
        ann = await StoreAsync(
            ann.Block(new RelationshipCommand("ann", Start.AddMilliseconds(40)), Pause)
        );

        var expected = new[]
        {
            new ListEntry("zoe", Start.AddMilliseconds(20)),
            new ListEntry("bob", Start.AddMilliseconds(10)),
            new ListEntry("ann", Start),
        };
        var query = new ListQuery("mia", RelationshipList.Blocked, 10);
        Assert.Equal(expected, await Store.ListAsync(query, Cancel));
        Assert.Equal(
            expected.Select(entry => entry.OtherId),
            (await Store.ListRelationshipsAsync(query, Cancel)).Select(entry => Other(entry, "mia"))
        );
        Assert.Equal(
            [new ListEntry("mia", Start.AddMilliseconds(40))],
            await Store.ListAsync(query with { Member = "ann" }, Cancel)
        );
        var paged = new List<ListEntry>();
        while (
            await Store.ListAsync(
                query with
                {
                    Limit = 1,
                    After = paged.Count == 0 ? null : paged[^1].Position,
                },
                Cancel
            )
                is [var entry]
        )
        {
            paged.Add(entry);
        }
        Assert.Equal(expected, paged);

        // ann lifts hers: mia's list stays as it is, and ann finds herself blocked
        await StoreAsync(
            ann.Unblock(new RelationshipCommand("ann", Start.AddMilliseconds(50)), Pause)
        );
        Assert.Equal(expected, await Store.ListAsync(query, Cancel));
        Assert.Equal(3, await Store.CountAsync("mia", RelationshipList.Blocked, Cancel));
        Assert.Equal(
            new Dictionary<RelationshipList, long> { [RelationshipList.BlockedBy] = 1 },
            await Store.CountAllAsync("ann", Cancel)
        );
    }

    [Fact]
    public async Task TryStore_BlockAgainstEverythingAtOnce_OneWinsAndTheBlockCanFollow()
    {
        for (var round = 0; round < 10; round++)
        {
            var (ann, bob) = ($"a{round}", $"b{round}");
            var invited = await InviteAsync(ann, bob, Start);
            var command = new RelationshipCommand(bob, Start);
            Decision[] decisions =
            [
                invited.Accept(command, 1),
                invited.Decline(command, 1, DeclineReason.None, "", Policy),
                invited.Withdraw(new RelationshipCommand(ann, Start), 1, Policy),
                invited.Block(command, Pause),
                invited.Block(new RelationshipCommand(ann, Start), Pause),
            ];

            var results = await Task.WhenAll(
                decisions.Select(decision =>
                    Task.Run(() => Store.TryStoreAsync(decision.Next!, Cancel), Cancel)
                )
            );

            var winner = Assert.Single(results, result => result is not null)!;
            var after = winner.Block(command, Pause);
            var blocked = after.Next is null ? winner : await StoreAsync(after);
            Assert.True(blocked.BlockedBy.HasFlag(Side.High));
            Assert.Equal(0, await Store.CountAsync(ann, RelationshipList.Connections, Cancel));
            Assert.Equal(0, await Store.CountAsync(bob, RelationshipList.Connections, Cancel));
            Assert.Equal(1, await Store.CountAsync(bob, RelationshipList.Blocked, Cancel));
        }
    }

    private async Task<Relationship> BlockAsync(
        string blocker,
        string blocked,
        DateTimeOffset now
    ) =>
        await StoreAsync(
            Relationship
                .None(MemberPair.Of(blocker, blocked))
                .Block(new RelationshipCommand(blocker, now), Pause)
        );
}
