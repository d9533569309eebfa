using CsCheck;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.StorageContracts.Follows;

public abstract partial class FollowStoreContract
{
    [Fact]
    public async Task ListFollowing_MoreThanTheNewestKept_ListsAllNewestFirst()
    {
        var store = CreateStore();
        var ids = Enumerable.Range(0, 130).Select(number => $"{number:000}").ToArray();
        foreach (var id in ids)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await FollowAsync(store, "42", new Followable(FollowKind.Group, id));
        }

        var listed = await PagesAsync(position =>
            store.ListFollowingAsync("42", FollowKind.Group, true, position, 7, None)
        );

        Assert.Equal(
            [.. ids.Reverse().Take(100), .. ids.Take(30)],
            listed.Select(entry => entry.Id)
        );
        Assert.Equal(Time.GetUtcNow(), listed[0].Since);
        Assert.Null(listed[^1].Since);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ListFollowing_ChangedBetweenPages_NeverMissesWhatStays(bool recentFirst)
    {
        var store = CreateStore();
        var stays = Enumerable.Range(0, 120).Select(number => $"s{number:000}").ToArray();
        foreach (var id in stays)
        {
            await FollowAsync(store, "42", Followable.Member(id));
            await FollowAsync(store, "42", Followable.Member("x" + id));
        }
        var changes = 0;

        var listed = await PagesAsync(async position =>
        {
            var page = await store.ListFollowingAsync(
                "42",
                FollowKind.Member,
                recentFirst,
                position,
                9,
                None
            );
            await UnfollowAsync(
                store,
                "42",
                Followable.Member("x" + stays[changes * 7 % stays.Length])
            );
            await FollowAsync(store, "42", Followable.Member($"n{changes++}"));
            return page;
        });

        Assert.Empty(stays.Except(listed.Select(entry => entry.Id)));
    }

    [Fact]
    public async Task ListFollowers_ChangedBetweenPages_ListsEachThatStaysOnce()
    {
        var store = CreateStore();
        var stays = Enumerable.Range(1000, 40).Select(number => $"{number}").ToArray();
        foreach (var id in stays)
        {
            await FollowAsync(store, id, Acme);
            await FollowAsync(store, "9" + id, Acme);
        }
        var changes = 0;

        var listed = await PagesAsync(async position =>
        {
            var page = await store.ListFollowersAsync(Acme, false, position, 6, None);
            await UnfollowAsync(store, "9" + stays[changes++ % stays.Length], Acme);
            await FollowAsync(store, $"{changes}", Acme);
            return page;
        });

        Assert.Equal(stays, listed.Select(entry => entry.Id).Where(stays.Contains));
    }

    [Fact]
    public async Task ListFollowers_ForgedPosition_IsRefused()
    {
        var store = CreateStore();
        await FollowAsync(store, "42", Acme);

        foreach (var position in new[] { "", "z1", "sabc", "n5" })
        {
            await Assert.ThrowsAsync<DomainException>(() =>
                store.ListFollowersAsync(Acme, false, position, 10, None)
            );
        }
    }

    [Fact]
    public async Task ListFollowers_TooManyForASnapshot_ListsAll()
    {
        var store = CreateStore(snapshotLimit: 50);
        var ids = Enumerable.Range(0, 700).Select(number => $"m{number}").ToArray();
        await Task.WhenAll(ids.Select(id => FollowAsync(store, id, Acme)));

        var listed = await PagesAsync(position =>
            store.ListFollowersAsync(Acme, false, position, 40, None)
        );

        Assert.Equal(
            ids.Order(StringComparer.Ordinal),
            listed.Select(entry => entry.Id).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(50)]
    [InlineData(RedisFollowStore.SnapshotLimit)]
    public async Task StreamFollowers_BrokenOff_ResumesWithoutLoss(int snapshotLimit)
    {
        var store = CreateStore(snapshotLimit);
        var ids = Enumerable.Range(0, 300).Select(number => $"{number}").ToArray();
        await Task.WhenAll(ids.Select(id => FollowAsync(store, id, Acme)));

        var seen = new HashSet<string>();
        string? position = null;
        do
        {
            // one piece of every stream, as if each broke after it
            await foreach (var page in store.StreamFollowersAsync(Acme, position, 32, None))
            {
                seen.UnionWith(page.Entries.Select(entry => entry.Id));
                position = page.Next;
                break;
            }
        } while (position is not null);

        Assert.Equal(ids.Order(), seen.Order());
    }

    [Fact]
    public async Task StreamFollowing_Nothing_IsOneEmptyPiece()
    {
        var pages = await CreateStore()
            .StreamFollowingAsync("42", FollowKind.Member, null, 10, None)
            .ToListAsync();

        Assert.Empty(Assert.Single(pages).Entries);
        Assert.Null(pages[0].Next);
    }
}
