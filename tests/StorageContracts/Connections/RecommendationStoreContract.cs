using Platform.Connections.Recommendations;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>What every engine of <see cref="IRecommendationStore"/> promises. An engine only says how to open one.</summary>
public abstract class RecommendationStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly PairStatus Connected = new(
        RelationshipState.Connected,
        Side.Low,
        InvitationNumber: 2,
        Side.None
    );

    private IRecommendationStore _store = null!;
    private IRecommendationStore Store => _store;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the store of this test; called again it opens the same one anew, with all that it holds.</summary>
    protected abstract Task<IRecommendationStore> OpenAsync();

    /// <summary>Closes a store opened before.</summary>
    protected abstract Task CloseAsync(IRecommendationStore store);

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(_store);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Get_NothingStored_IsNone()
    {
        var key = new RecommendationKey("ann", "bob");

        Assert.Equivalent(
            RecommendationThread.None(key),
            await Store.GetAsync(key, Cancel),
            strict: true
        );
    }

    [Fact]
    public async Task TryStore_FullDocument_ReadsBackTheSame()
    {
        var key = new RecommendationKey("zoe", "bob");
        var requested = await StoreAsync(
            RecommendationThread
                .None(key)
                .Request(Command("bob", 0, "r1"), "$please", "Grüße, \"ann\" 🎉\n<b>")
        );
        var written = await StoreAsync(requested.Write(Command("zoe", 1), "$text", "a.b"));
        var accepted = await StoreAsync(written.Accept(Command("bob", 2, "r1x"), 1));
        var asked = await StoreAsync(accepted.AskForRevision(Command("bob", 3), 1, "{$set:1}"));
        var revised = await StoreAsync(asked.Revise(Command("zoe", 4, "r2"), 1, "new", "c"));

        var read = await Store.GetAsync(key, Cancel);

        Assert.Equal(5, read.Revision);
        Assert.Equal(revised.Latest, read.Latest);
        Assert.Equal(
            ("{$set:1}", "$please", "$text", "new"),
            (
                read.Latest!.RevisionRequestText,
                read.Latest.RequestText,
                read.Latest.Text,
                read.Latest.RevisedText
            )
        );
        Assert.Equal(revised.RecentMutations, read.RecentMutations);
        Assert.Equal(["r1", "r1x", "r2"], read.RecentMutations.Select(entry => entry.RequestId));
        // the other direction is another document
        Assert.Null((await Store.GetAsync(new RecommendationKey("bob", "zoe"), Cancel)).Latest);
    }

    [Fact]
    public async Task TryStore_ClosedAndOpened_IsStillThere()
    {
        var written = await WriteAsync("ann", "bob", 0);
        await CloseAsync(_store);
        _store = await OpenAsync();

        Assert.Equal(written.Latest, (await Store.GetAsync(written.Key, Cancel)).Latest);
    }

    [Fact]
    public async Task TryStore_OldRevision_ChangesNothing()
    {
        var written = await WriteAsync("ann", "bob", 0);
        var accepted = written.Accept(Command("bob", 1), 1).Next!;
        var withdrawn = written.Withdraw(Command("ann", 1), 1).Next!;

        Assert.NotNull(await Store.TryStoreAsync(accepted, Cancel));
        Assert.Null(await Store.TryStoreAsync(withdrawn, Cancel));
        Assert.Null(await Store.TryStoreAsync(withdrawn with { Revision = 0 }, Cancel));
        Assert.Null(await Store.TryStoreAsync(withdrawn with { Revision = 3 }, Cancel));
        var read = await Store.GetAsync(written.Key, Cancel);
        Assert.Equal((2, RecommendationState.Accepted), (read.Revision, read.Latest!.State));
    }

    [Fact]
    public async Task TryStore_NothingToChange_StoresNothing()
    {
        var written = Written("ann", "bob", 0) with { Revision = 5 };

        Assert.Null(await Store.TryStoreAsync(written, Cancel));
        Assert.Empty(await Store.ListAllAsync(null, 10, Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task TryStore_ManyAtOnce_OneIsStored(int revision)
    {
        var before =
            revision == 0
                ? RecommendationThread.None(new RecommendationKey("ann", "bob"))
                : await WriteAsync("ann", "bob", 0);
        var candidates = Enumerable
            .Range(0, 16)
            .Select(index =>
                Written("ann", "bob", index, $"text {index}") with
                {
                    Revision = before.Revision,
                }
            );

        var stored = await Task.WhenAll(
            candidates.Select(candidate => Task.Run(() => Store.TryStoreAsync(candidate, Cancel)))
        );

        var winner = Assert.Single(stored, thread => thread is not null)!;
        Assert.Equal(revision + 1, winner.Revision);
        Assert.Equal(winner.Latest, (await Store.GetAsync(winner.Key, Cancel)).Latest);
    }

    [Fact]
    public async Task List_EachRole_NewestFirstThenById()
    {
        await WriteAsync("c", "ann", 1);
        await WriteAsync("a", "ann", 1);
        await WriteAsync("B", "ann", 1);
        await WriteAsync("d", "ann", 2);
        await WriteAsync("ann", "e", 3);
        await WriteAsync("other", "another", 4);

        Assert.Equal(["d", "B", "a", "c"], await ListAsync("ann", RecommendationRole.Recipient));
        Assert.Equal(["e"], await ListAsync("ann", RecommendationRole.Author));
        Assert.Equal(["ann"], await ListAsync("e", RecommendationRole.Recipient));
        Assert.Empty(await ListAsync("nobody", RecommendationRole.Recipient));
    }

    [Fact]
    public async Task List_Filtered_ListsOnlyThose()
    {
        await WriteAsync("written", "ann", 0);
        var accepted = await StoreAsync(
            (await WriteAsync("accepted", "ann", 1)).Accept(Command("ann", 2), 1)
        );
        await StoreAsync(accepted.Revise(Command("accepted", 3), 1, "revised", ""));
        var hidden = await StoreAsync(
            (await WriteAsync("hidden", "ann", 2)).Accept(Command("ann", 3), 1)
        );
        await StoreAsync(hidden.Show(Command("ann", 4), 1, shown: false));
        var shown = await StoreAsync(
            (await WriteAsync("shown", "ann", 3)).Accept(Command("ann", 4), 1)
        );

        Assert.Equal(
            ["shown", "accepted"],
            await ListAsync("ann", RecommendationRole.Recipient, publicOnly: true)
        );
        Assert.Equal(
            ["shown", "hidden"],
            await ListAsync("ann", RecommendationRole.Recipient, RecommendationState.Accepted)
        );
        Assert.Equal(
            ["accepted"],
            await ListAsync("ann", RecommendationRole.Recipient, RecommendationState.Revised)
        );
        Assert.Equal(
            ["shown"],
            await ListAsync(
                "ann",
                RecommendationRole.Recipient,
                RecommendationState.Accepted,
                publicOnly: true
            )
        );
        await StoreAsync(shown.Withdraw(Command("shown", 5), 1));
        Assert.Equal(
            ["accepted"],
            await ListAsync("ann", RecommendationRole.Recipient, publicOnly: true)
        );
    }

    [Fact]
    public async Task List_PagedWhileOthersChange_NeitherSkipsNorRepeats()
    {
        var threads = new List<RecommendationThread>();
        for (var index = 0; index < 12; index++)
        {
            threads.Add(await WriteAsync($"m{index:D2}", "ann", index / 3));
        }
        for (var limit = 1; limit <= 13; limit++)
        {
            var listed = new List<string>();
            ListPosition? after = null;
            var page = 0;
            while (true)
            {
                var found = await Store.ListAsync(
                    new RecommendationQuery("ann", RecommendationRole.Recipient, limit)
                    {
                        After = after,
                    },
                    Cancel
                );
                listed.AddRange(found.Select(thread => thread.Key.AuthorId));
                if (found.Count < limit)
                {
                    break;
                }
                after = new ListPosition(found[^1].Latest!.CreateTime, found[^1].Key.AuthorId);
                // what changes keeps its place, what is new comes before all pages
                var changed = threads[page % 12];
                threads[page % 12] = await StoreAsync(
                    changed.Revise(Command(changed.Key.AuthorId, 100 + page), 1, "new", "")
                );
                await WriteAsync($"new-{limit}-{page}", "ann", 1000 + page);
                page++;
            }
            var expected = Enumerable
                .Range(0, 12)
                .OrderByDescending(index => index / 3)
                .ThenBy(index => index)
                .Select(index => $"m{index:D2}");
            Assert.Equal(expected, listed.Where(author => author.StartsWith('m')));
            Assert.Equal(listed.Count, listed.Distinct().Count());
        }
    }

    [Fact]
    public async Task ListAll_AnyPageSize_ListsAllInTheOrderOfIds()
    {
        // ids where one begins another, and where upper case and signs sort apart from what people expect
        string[] members = ["a", "ab", "a-b", "B", "a.", "a_", "0", "zz"];
        var keys = members
            .SelectMany(one => members, (one, other) => new RecommendationKey(one, other))
            .Where(key => key.AuthorId != key.RecipientId)
            .OrderBy(key => $"{key.AuthorId}|{key.RecipientId}", StringComparer.Ordinal)
            .ToList();
        foreach (var key in keys.OrderBy(key => key.GetHashCode()))
        {
            await WriteAsync(key.AuthorId, key.RecipientId, 0);
        }
        foreach (var limit in new[] { 1, 7, keys.Count, keys.Count + 1 })
        {
            var listed = new List<RecommendationKey>();
            while (true)
            {
                var page = await Store.ListAllAsync(
                    listed.Count == 0 ? null : listed[^1],
                    limit,
                    Cancel
                );
                listed.AddRange(page.Select(thread => thread.Key));
                Assert.All(page, thread => Assert.Equal("text", thread.Latest!.Text));
                if (page.Count < limit)
                {
                    break;
                }
            }
            Assert.Equal(keys, listed);
        }
    }

    [Fact]
    public async Task EraseMember_InPieces_RemovesAllOfTheMemberAndNothingElse()
    {
        for (var index = 0; index < 4; index++)
        {
            await WriteAsync("ann", $"to-{index}", index);
            await WriteAsync($"from-{index}", "ann", index);
        }
        var other = await WriteAsync("from-1", "to-1", 0);
        var stale = await Store.GetAsync(new RecommendationKey("ann", "to-1"), Cancel);

        var erased = 0;
        for (var piece = -1; piece != 0; erased += piece)
        {
            piece = await Store.EraseMemberAsync("ann", 3, Cancel);
            Assert.InRange(piece, 0, 3);
        }

        Assert.Equal(8, erased);
        Assert.Equal(other.Key, Assert.Single(await Store.ListAllAsync(null, 10, Cancel)).Key);
        Assert.Empty(await ListAsync("ann", RecommendationRole.Author));
        Assert.Empty(await ListAsync("ann", RecommendationRole.Recipient));
        Assert.Empty(await ListAsync("to-1", RecommendationRole.Recipient, publicOnly: true));
        // what was decided on before is not stored
        Assert.Null(
            await Store.TryStoreAsync(stale.Revise(Command("ann", 9), 1, "late", "").Next!, Cancel)
        );
        Assert.Equal(0, await Store.EraseMemberAsync("ann", 3, Cancel));
    }

    [Fact]
    public async Task EraseMember_ByTwoAtOnce_RemovesAll()
    {
        for (var index = 0; index < 20; index++)
        {
            await WriteAsync("ann", $"to-{index}", index);
            await WriteAsync($"from-{index}", "ann", index);
        }

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(EraseAsync)));

        Assert.Empty(await Store.ListAllAsync(null, 10, Cancel));

        async Task EraseAsync()
        {
            while (await Store.EraseMemberAsync("ann", 4, Cancel) > 0) { }
        }
    }

    private static RecommendationCommand Command(
        string actor,
        int minute,
        string? requestId = null
    ) =>
        new(
            actor,
            Start.AddMinutes(minute),
            Connected,
            Revision: 7,
            requestId is null ? null : new RequestKey(requestId, "content")
        );

    private static RecommendationThread Written(
        string author,
        string recipient,
        int minute,
        string text = "text"
    ) =>
        RecommendationThread
            .None(new RecommendationKey(author, recipient))
            .Write(Command(author, minute), text, "")
            .Next!;

    private async Task<RecommendationThread> WriteAsync(
        string author,
        string recipient,
        int minute
    ) => (await Store.TryStoreAsync(Written(author, recipient, minute), Cancel))!;

    private async Task<RecommendationThread> StoreAsync(RecommendationDecision decision)
    {
        Assert.Null(decision.Refusal);
        var stored = await Store.TryStoreAsync(decision.Next!, Cancel);
        Assert.NotNull(stored);
        return stored;
    }

    private async Task<IEnumerable<string>> ListAsync(
        string member,
        RecommendationRole role,
        RecommendationState? state = null,
        bool publicOnly = false
    )
    {
        var threads = await Store.ListAsync(
            new RecommendationQuery(member, role, 100) { State = state, PublicOnly = publicOnly },
            Cancel
        );
        return threads.Select(thread =>
            role == RecommendationRole.Author ? thread.Key.RecipientId : thread.Key.AuthorId
        );
    }
}
