using Platform.Follows.Entities;
using Platform.Follows.Storage;

namespace Platform.Tests.StorageContracts.Follows;

public abstract partial class FollowStoreContract
{
    [Fact]
    public async Task Import_WhatAnotherStoreHolds_MakesTheSame()
    {
        var source = CreateStore(snapshotLimit: 50);
        var target = CreateStore();
        for (var index = 0; index < RedisFollowStore.NewestKept + 20; index++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await FollowAsync(source, "42", Followable.Member($"m{index}"));
        }
        await UnfollowAsync(source, "42", Followable.Member("m119"));
        await FollowAsync(source, "42", Acme);
        var exported = await ReadAllAsync(source);
        Assert.Equal(120, exported.Count);
        Assert.Equal(100, exported.Count(follow => follow.Since is not null));

        Time.Advance(TimeSpan.FromDays(1));
        foreach (var (pair, since) in exported.Reverse())
        {
            var write = await target.ImportAsync(pair, since, None);
            Assert.Equal(FollowOutcome.Changed, write.Outcome);
            await FinishAsync(target, write.Pending);
        }

        Assert.Equal(exported, await ReadAllAsync(target));
        Assert.Equal([1L], await target.CountFollowersAsync([Acme], None));
        foreach (var (pair, since) in exported)
        {
            var write = await target.ImportAsync(pair, since, None);
            Assert.Equal(new FollowWrite(FollowOutcome.Unchanged, 0, null), write);
        }
        Assert.Equal(exported, await ReadAllAsync(target));
    }

    [Fact]
    public async Task Import_FollowSinceAnotherTime_LeavesIt()
    {
        var store = CreateStore();
        await FollowAsync(store, "42", Acme);
        var before = await ReadAllAsync(store);

        var write = await store.ImportAsync(
            new FollowPair("42", Acme),
            Time.GetUtcNow().AddDays(-1),
            None
        );

        Assert.Equal(FollowOutcome.Different, write.Outcome);
        Assert.Equal(before, await ReadAllAsync(store));
    }

    [Fact]
    public async Task Import_Blocked_IsRefused()
    {
        var store = CreateStore();
        await store.SetBlockAsync(Block("42", "43", BlockState.Blocked, 1), None);

        var write = await store.ImportAsync(
            new FollowPair("42", Followable.Member("43")),
            null,
            None
        );

        Assert.Equal(FollowOutcome.Blocked, write.Outcome);
        Assert.Empty(await ReadAllAsync(store));
    }
}
