using Platform.Connections.Relationships;

namespace Platform.Tests.StorageContracts.Connections;

public abstract partial class ConnectionStoreContract
{
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
}
