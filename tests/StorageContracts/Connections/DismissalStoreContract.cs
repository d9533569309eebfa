using Platform.Connections.Storage;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>What every engine of <see cref="IDismissalStore"/> promises. An engine only says how to open one.</summary>
public abstract class DismissalStoreContract : IAsyncLifetime
{
    private IDismissalStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens an empty store.</summary>
    protected abstract Task<IDismissalStore> OpenAsync();

    /// <summary>Closes it.</summary>
    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await CloseAsync();
    }

    [Fact]
    public async Task Dismiss_Repeated_IsFoundForThatMemberOnly()
    {
        await _store.DismissAsync("ann", "bob", Cancel);
        await _store.DismissAsync("ann", "bob", Cancel);
        await _store.DismissAsync("ann", "eve", Cancel);

        Assert.Equal(["bob"], await _store.FindAsync("ann", ["bob", "tom"], Cancel));
        Assert.Empty(await _store.FindAsync("bob", ["ann"], Cancel));
        Assert.Empty(await _store.FindAsync("ann", [], Cancel));
    }

    [Fact]
    public async Task Restore_Repeated_TakesItBack()
    {
        await _store.DismissAsync("ann", "bob", Cancel);

        await _store.RestoreAsync("ann", "bob", Cancel);
        await _store.RestoreAsync("ann", "bob", Cancel);

        Assert.Empty(await _store.FindAsync("ann", ["bob"], Cancel));
    }

    [Fact]
    public async Task EraseMember_InSteps_RemovesBothDirectionsAndNothingElse()
    {
        for (var index = 0; index < 5; index++)
        {
            await _store.DismissAsync("ann", $"m{index}", Cancel);
            await _store.DismissAsync($"m{index}", "ann", Cancel);
            await _store.DismissAsync("bob", $"m{index}", Cancel);
        }

        var erased = 0;
        while (await _store.EraseMemberAsync("ann", 3, Cancel) is > 0 and var step)
        {
            Assert.True(step <= 3);
            erased += step;
        }

        Assert.Equal(10, erased);
        Assert.Empty(await _store.FindAsync("ann", ["m0", "m4"], Cancel));
        Assert.Empty(await _store.FindAsync("m0", ["ann"], Cancel));
        Assert.Equal(2, (await _store.FindAsync("bob", ["m0", "m4"], Cancel)).Count);
    }

    [Fact]
    public async Task Dismiss_ManyAtOnce_AllSucceed()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ => Task.Run(() => _store.DismissAsync("ann", "bob", Cancel), Cancel))
        );

        Assert.Equal(["bob"], await _store.FindAsync("ann", ["bob"], Cancel));
    }
}
