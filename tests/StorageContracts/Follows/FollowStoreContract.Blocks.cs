using Platform.Follows.Entities;
using Platform.Follows.Storage;

namespace Platform.Tests.StorageContracts.Follows;

public abstract partial class FollowStoreContract
{
    [Fact]
    public async Task SetBlock_StandingFollow_EndsItAndRefusesANewOne()
    {
        var store = CreateStore();
        var bob = Followable.Member("bob");
        await FollowAsync(store, "ann", bob);

        await FinishAsync(
            store,
            await store.SetBlockAsync(Block("ann", "bob", BlockState.Blocked, 1), None)
        );
        var refused = await store.ChangeAsync(Change("ann", bob, follow: true), None);

        Assert.Equal(FollowOutcome.Blocked, refused.Outcome);
        await AssertAgreeAsync(store, [], ["ann"], [bob]);
    }

    [Fact]
    public async Task SetBlock_Lifted_RestoresNothingAndAllowsANewFollow()
    {
        var store = CreateStore();
        var bob = Followable.Member("bob");
        await FollowAsync(store, "ann", bob);
        await FinishAsync(
            store,
            await store.SetBlockAsync(Block("ann", "bob", BlockState.Blocked, 1), None)
        );

        await FinishAsync(
            store,
            await store.SetBlockAsync(Block("ann", "bob", BlockState.Unblocked, 2), None)
        );

        await AssertAgreeAsync(store, [], ["ann"], [bob]);
        Assert.Equal(FollowOutcome.Changed, (await FollowAsync(store, "ann", bob)).Outcome);
    }

    [Fact]
    public async Task SetBlock_RacingWithFollows_EndsWithoutAFollow()
    {
        var store = CreateStore();
        var bob = Followable.Member("bob");
        for (var round = 0; round < 20; round++)
        {
            var follower = $"ann{round}";
            await Task.WhenAll(
                FollowAsync(store, follower, bob),
                Task.Run(async () =>
                    await FinishAsync(
                        store,
                        await store.SetBlockAsync(
                            Block(follower, "bob", BlockState.Blocked, 1),
                            None
                        )
                    )
                )
            );
            await SweepAsync(store);

            await AssertAgreeAsync(store, [], [follower], [bob]);
        }
    }
}
