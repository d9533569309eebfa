using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Connections.Network;
using Platform.Connections.Network.Graph;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.Watch;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>
/// The file of the graph index between two runs, on every engine: an index from a file is the one that a load from the store
/// gives, and a file that cannot prove to be of this store is refused with its reason.
/// </summary>
public abstract class SnapshotContract : IAsyncLifetime
{
    private static readonly InvitationPolicy Policy = new(
        TimeSpan.FromDays(180),
        // so short that histories are made of everything
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMilliseconds(1)
    );

    private readonly TemporaryFolder _files = new();
    private readonly Random _random = new(7);
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private IConnectionStore _store = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Snapshot => _files.File("network.snapshot");

    /// <summary>The store of this test.</summary>
    protected IConnectionStore Store => _store;

    /// <summary>Opens the store of this test; called again it opens the same one anew.</summary>
    protected abstract Task<IConnectionStore> OpenAsync();

    /// <summary>Takes all that the store holds from it, as if it had been exchanged for a new one.</summary>
    protected abstract Task<IConnectionStore> WipeAsync();

    /// <summary>Keeps what the store holds.</summary>
    /// <returns>What puts the store back to that.</returns>
    protected abstract Task<Func<Task<IConnectionStore>>> BackUpAsync();

    /// <summary>Closes what was opened.</summary>
    protected abstract void Close();

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Close();
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Start_AfterARun_ServesWhatALoadFromTheStoreServes()
    {
        await ChangeAsync(60);
        for (var run = 0; run < 4; run++)
        {
            // while it runs, and while it does not
            await RunAsync(25);
            Assert.True(File.Exists(Snapshot));
            await ChangeAsync(25);

            var (graph, _) = Assert.NotNull(await Snapshots().TryLoadAsync(Cancel));
            Assert.Equal(await ReadLinesAsync(), Lines(graph.Current));
        }
    }

    [Fact]
    public async Task TryLoad_NoFileOrNoneWanted_IsNothing()
    {
        Assert.Null(await Snapshots().TryLoadAsync(Cancel));
        var off = new NetworkSnapshots(_store, Options.Create(new NetworkOptions()));
        Assert.False(off.IsOn);
        Assert.Null(await off.TryLoadAsync(Cancel));
    }

    [Fact]
    public async Task Start_AfterACrashInTheMiddleOfWriting_GoesOnFromTheFileBefore()
    {
        await RunAsync(30);
        var before = await File.ReadAllBytesAsync(Snapshot, Cancel);
        // cut off before the new file took the place of the old one
        await File.WriteAllBytesAsync(Snapshot + ".tmp", before[..(before.Length / 2)], Cancel);
        await ChangeAsync(30);

        var (graph, _) = Assert.NotNull(await Snapshots().TryLoadAsync(Cancel));

        Assert.Equal(await ReadLinesAsync(), Lines(graph.Current));
        await RunAsync(10);
        Assert.False(File.Exists(Snapshot + ".tmp"));
        Assert.NotEqual(before, await File.ReadAllBytesAsync(Snapshot, Cancel));
    }

    [Fact]
    public async Task Start_WithoutAWholeFile_LoadsFromTheStoreAndWritesANewOne()
    {
        await RunAsync(30);
        var whole = await File.ReadAllBytesAsync(Snapshot, Cancel);
        byte[] damaged = [.. whole];
        damaged[^20] ^= 1;
        (byte[] Bytes, string Reason)[] files =
        [
            ([], "this version"),
            (whole[..^1], "cut short"),
            (whole[..(whole.Length / 2)], "cut short"),
            (damaged, "checksum"),
            ([.. whole[..7], (byte)'1', .. whole[8..]], "this version"),
            ([.. "something else"u8], "this version"),
        ];
        foreach (var (bytes, reason) in files)
        {
            await File.WriteAllBytesAsync(Snapshot, bytes, Cancel);
            await RefusesAsync(reason);

            await RunAsync(5);
            Assert.NotNull(await Snapshots().TryLoadAsync(Cancel));
        }
    }

    [Fact]
    public async Task Start_FileCannotBeReadOrWritten_ServesAllTheSame()
    {
        await ChangeAsync(20);
        Directory.CreateDirectory(Snapshot + ".tmp");
        await RunAsync(5);
        Assert.False(File.Exists(Snapshot));

        Directory.CreateDirectory(Snapshot);
        await RunAsync(5);
    }

    [Fact]
    public async Task TryLoad_StoreWasExchanged_IsRefused()
    {
        await RunAsync(30);
        _store = await WipeAsync();
        // more changes than before, so that nothing but its name tells it from the one before
        await ChangeAsync(100);

        await RefusesAsync("another store");
        await RunAsync(5);
        Assert.NotNull(await Snapshots().TryLoadAsync(Cancel));
    }

    [Fact]
    public async Task TryLoad_StoreWasPutBack_IsRefused()
    {
        await ChangeAsync(30);
        var putBack = await BackUpAsync();
        await RunAsync(30);
        _store = await putBack();

        await RefusesAsync("ahead of the store");
    }

    [Fact]
    public async Task TryLoad_StoreWasPutBackAndChangedSince_IsRefused()
    {
        await ChangeAsync(30);
        var putBack = await BackUpAsync();
        await RunAsync(40);
        _store = await putBack();
        // others wrote on, so that it is no longer behind
        await ConnectOthersAsync(50);

        await RefusesAsync("lacks changes");
    }

    [Fact]
    public async Task TryLoad_LastChangeBeforeALoadWasTakenBack_IsRefused()
    {
        await ChangeAsync(30);
        var putBack = await BackUpAsync();
        await ConnectAsync("last", "lost");
        // nothing changes while it runs: what the load found is all that it knows of changes
        await RunAsync(0);
        _store = await putBack();
        await ConnectOthersAsync(20);

        await RefusesAsync("lacks changes");
    }

    [Fact]
    public async Task Identity_OfAStore_StaysUntilItIsExchanged()
    {
        var identities = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => _store.GetIdentityAsync(Cancel))
        );
        var identity = Assert.Single(identities.Distinct());
        Assert.Equal(32, identity.Length);

        _store = await OpenAsync();
        Assert.Equal(identity, await _store.GetIdentityAsync(Cancel));

        _store = await WipeAsync();
        Assert.NotEqual(identity, await _store.GetIdentityAsync(Cancel));
    }

    private NetworkSnapshots Snapshots() => new(_store, OptionsOf(Snapshot));

    private static IOptions<NetworkOptions> OptionsOf(string path) =>
        Options.Create(
            new NetworkOptions { SnapshotPath = path, RevisionWait = TimeSpan.FromMinutes(1) }
        );

    /// <summary>Requires that the file is refused.</summary>
    protected async Task RefusesAsync(string reason)
    {
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() =>
            Snapshots().TryLoadAsync(Cancel)
        );
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A process that starts, meets changes, holds what the store holds, and stops.</summary>
    protected async Task RunAsync(int changes)
    {
        await using var process = await Process.StartAsync(_store, Snapshot);
        await ChangeAsync(changes);
        var graph = await process.ReachAsync(await _store.GetRevisionAsync(Cancel));
        Assert.Equal(await ReadLinesAsync(), Lines(graph));
    }

    /// <summary>Every connection of the store, from both sides, with its day.</summary>
    private async Task<List<string>> ReadLinesAsync()
    {
        var lines = new List<string>();
        foreach (var (pair, time) in await _store.ListConnectedAsync(null, 10_000, Cancel))
        {
            var day = (int)(time - DateTimeOffset.UnixEpoch).TotalDays;
            lines.Add($"{pair.Low} {pair.High} {day}");
            lines.Add($"{pair.High} {pair.Low} {day}");
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static List<string> Lines(GraphView graph)
    {
        var lines = new List<string>();
        for (var member = 0; member < graph.Members; member++)
        {
            var others = graph.ConnectionsOf(member);
            var days = graph.ConnectedDaysOf(member);
            for (var at = 0; at < others.Length; at++)
            {
                lines.Add($"{graph.NameOf(member)} {graph.NameOf(others[at])} {days[at]}");
            }
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private async Task ChangeAsync(int changes)
    {
        while (changes > 0)
        {
            var pair = MemberPair.Of($"m{_random.Next(8)}", $"n{_random.Next(8)}");
            var stored = await _store.GetAsync(pair, Cancel);
            var command = Command(pair.Low);
            var decision = stored switch
            {
                { BlockedBy: not Side.None } => stored.Unblock(command, TimeSpan.Zero),
                _ when _random.Next(10) == 0 => stored.Block(command, TimeSpan.Zero),
                { State: RelationshipState.Connected } => stored.Remove(command),
                { State: RelationshipState.Pending } => stored.Accept(
                    Command(pair.High),
                    stored.Invitation!.Number
                ),
                _ => stored.Send(command, "", null, Policy),
            };
            Assert.NotNull(decision.Next);
            Assert.NotNull(await _store.TryStoreAsync(decision.Next, Cancel));
            changes--;
        }
    }

    private async Task ConnectOthersAsync(int pairs)
    {
        for (var pair = 0; pair < pairs; pair++)
        {
            await ConnectAsync($"x{pair}", $"y{pair}");
        }
    }

    private async Task ConnectAsync(string low, string high)
    {
        var invited = await _store.TryStoreAsync(Invited(low, high), Cancel);
        Assert.NotNull(invited);
        var accepted = invited.Accept(Command(high), invited.Invitation!.Number);
        Assert.NotNull(await _store.TryStoreAsync(accepted.Next!, Cancel));
    }

    /// <summary>A pair of which nothing was stored, to be stored with an invitation.</summary>
    protected Relationship Invited(string low, string high) =>
        Relationship.None(MemberPair.Of(low, high)).Send(Command(low), "", null, Policy).Next!;

    private RelationshipCommand Command(string actor) => new(actor, _now = _now.AddHours(5));

    /// <summary>What of a process keeps the index: feed, loader and the writer of the file.</summary>
    private sealed class Process : IAsyncDisposable
    {
        private readonly ChangeFeed _feed;
        private readonly NetworkIndex _index;
        private readonly NetworkLoader _loader;
        private readonly SnapshotWorker _worker;

        private Process(IConnectionStore store, IOptions<NetworkOptions> options)
        {
            var signal = new ChangeSignal();
            _feed = new ChangeFeed(
                store,
                signal,
                Options.Create(new WatchOptions()),
                TimeProvider.System,
                NullLogger<ChangeFeed>.Instance
            );
            _index = new NetworkIndex(signal, options, TimeProvider.System);
            var snapshots = new NetworkSnapshots(store, options);
            _loader = new NetworkLoader(
                store,
                snapshots,
                _feed,
                _index,
                TimeProvider.System,
                NullLogger<NetworkLoader>.Instance
            );
            _worker = new SnapshotWorker(
                snapshots,
                _index,
                options,
                TimeProvider.System,
                NullLogger<SnapshotWorker>.Instance
            );
        }

        public static async Task<Process> StartAsync(IConnectionStore store, string path)
        {
            var process = new Process(store, OptionsOf(path));
            await process._feed.StartAsync(Cancel);
            await process._loader.StartAsync(Cancel);
            await process._worker.StartAsync(Cancel);
            await process._index.Ready.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            return process;
        }

        public Task<GraphView> ReachAsync(long revision) =>
            _index.AtLeastAsync(revision, DateTimeOffset.MaxValue, Cancel).AsTask();

        public async ValueTask DisposeAsync()
        {
            await _worker.StopAsync(CancellationToken.None);
            await _loader.StopAsync(CancellationToken.None);
            await _feed.StopAsync(CancellationToken.None);
            _worker.Dispose();
            _loader.Dispose();
            _feed.Dispose();
        }
    }
}
