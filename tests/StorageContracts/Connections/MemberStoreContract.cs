using Platform.Connections.Members;
using Platform.Connections.Storage;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>What every engine of <see cref="IMemberStore"/> promises. An engine only says how to open one.</summary>
public abstract class MemberStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    private IMemberStore _store = null!;
    private IMemberStore Store => _store;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the store of this test; called again it opens the same one anew, with all that it holds.</summary>
    protected abstract Task<IMemberStore> OpenAsync();

    /// <summary>Closes a store opened before.</summary>
    protected abstract Task CloseAsync(IMemberStore store);

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(_store);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Get_NothingStored_IsEmptyWithDefaults()
    {
        var member = await Store.GetAsync("ann", Cancel);

        Assert.Equivalent(MemberRecord.Of("ann"), member, strict: true);
        Assert.Equal(0, member.Revision);
        Assert.Equal(MemberSettings.Default, member.Settings);
        Assert.False(member.IsErased);
    }

    [Fact]
    public async Task List_AnyPageSize_ListsAllInTheOrderOfIds()
    {
        // ids where one begins another, and where upper case and signs sort apart from what people expect
        string[] ids = ["a", "ab", "a-b", "B", "a.", "a_", "0", "zz", "z"];
        foreach (var id in ids)
        {
            await StoreAsync(MemberRecord.Of(id));
        }
        var expected = ids.Order(StringComparer.Ordinal).ToList();
        for (var limit = 1; limit <= ids.Length + 1; limit++)
        {
            var listed = new List<string>();
            while (true)
            {
                var page = await Store.ListAsync(
                    listed.Count == 0 ? "" : listed[^1],
                    limit,
                    Cancel
                );
                listed.AddRange(page.Select(member => member.MemberId));
                if (page.Count < limit)
                {
                    break;
                }
                Assert.Equal(limit, page.Count);
            }
            Assert.Equal(expected, listed);
        }
    }

    [Fact]
    public async Task TryStore_FullDocument_ReadsBackTheSame()
    {
        var settings = new MemberSettings(ListVisibility.OnlyMe, InvitationAudience.SecondDegree);
        var member = MemberRecord.Of("ann") with
        {
            Settings = settings,
            RecentMutations =
            [
                new SettingsMutation("r1", "content", Start, MemberSettings.Default, 1L << 60),
                new SettingsMutation("r2", "other", Start.AddMinutes(1), settings, 7),
            ],
            Slots =
            [
                new Slot(SlotKind.Invitation, "bob", 3, Start, 1, IsConfirmed: true),
                new Slot(SlotKind.Connection, "eve", 1, Start.AddDays(1), 1),
                new Slot(SlotKind.Block, "dan", 0, Start.AddDays(2), 2),
            ],
            Deletion = new MemberDeletion(
                MemberDeletionState.Done,
                Start,
                Start.AddHours(1),
                1L << 40,
                Start.AddHours(2),
                new DeletionAnswer(
                    "r3",
                    MemberDeletionState.Done,
                    Start.AddMinutes(1),
                    1L << 41,
                    3,
                    1L << 60
                )
            ),
        };

        var stored = await StoreAsync(member);

        Assert.Equivalent(member with { Revision = 1 }, stored, strict: true);
        var read = await Store.GetAsync("ann", Cancel);
        Assert.Equivalent(stored, read, strict: true);
        Assert.Equal(stored.Settings, read.Settings);
        Assert.Equal(stored.RecentMutations, read.RecentMutations);
        Assert.Equal(stored.Slots, read.Slots);
        Assert.Equal(stored.Deletion, read.Deletion);
        Assert.Equivalent(read, Assert.Single(await Store.GetManyAsync(["ann"], Cancel)));
    }

    [Fact]
    public async Task TryStore_WhatIsNoMoreSet_IsForgotten()
    {
        var full = await StoreAsync(
            MemberRecord.Of("ann") with
            {
                Slots = [new Slot(SlotKind.Invitation, "bob", 1, Start, 1)],
                Deletion = Running(Start),
            }
        );

        await StoreAsync(MemberRecord.Of("ann") with { Revision = full.Revision });

        Assert.Equivalent(
            MemberRecord.Of("ann") with
            {
                Revision = 2,
            },
            await Store.GetAsync("ann", Cancel),
            strict: true
        );
        Assert.Empty(await Store.ListErasingAsync(Start.AddHours(2), 10, Cancel));
    }

    [Fact]
    public async Task TryStore_OldRevision_ChangesNothing()
    {
        var first = await StoreAsync(MemberRecord.Of("ann"));
        var second = await StoreAsync(first with { Deletion = Running(Start) });

        Assert.Equal(2, second.Revision);
        Assert.Null(await Store.TryStoreAsync(MemberRecord.Of("ann"), Cancel));
        Assert.Null(await Store.TryStoreAsync(first, Cancel));
        Assert.Null(await Store.TryStoreAsync(second with { Revision = 3 }, Cancel));
        Assert.Equivalent(second, await Store.GetAsync("ann", Cancel), strict: true);
    }

    [Fact]
    public async Task TryStore_NothingToChange_StoresNothing()
    {
        Assert.Null(
            await Store.TryStoreAsync(MemberRecord.Of("ann") with { Revision = 5 }, Cancel)
        );
        Assert.Equal(0, (await Store.GetAsync("ann", Cancel)).Revision);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryStore_ManyAtOnce_ExactlyOneWins(bool isStored)
    {
        for (var round = 0; round < 10; round++)
        {
            var member = MemberRecord.Of($"m{round}");
            if (isStored)
            {
                member = await StoreAsync(member);
            }
            using var start = new ManualResetEventSlim();
            var racers = Enumerable
                .Range(0, 8)
                .Select(racer =>
                    Task.Run(
                        () =>
                        {
                            start.Wait(Cancel);
                            return Store.TryStoreAsync(
                                member with
                                {
                                    Slots = [new Slot(SlotKind.Block, $"o{racer}", 0, Start, 1)],
                                },
                                Cancel
                            );
                        },
                        Cancel
                    )
                )
                .ToArray();
            start.Set();

            var results = await Task.WhenAll(racers);

            var winner = Assert.Single(results, result => result is not null)!;
            Assert.Equivalent(winner, await Store.GetAsync(member.MemberId, Cancel), strict: true);
        }
    }

    [Fact]
    public async Task GetMany_Mixed_AnswersInOrder()
    {
        await StoreAsync(MemberRecord.Of("bob"));
        await StoreAsync(MemberRecord.Of("ann") with { Deletion = Running(Start) });

        var members = await Store.GetManyAsync(["zoe", "ann", "bob", "ann"], Cancel);

        Assert.Equal(["zoe", "ann", "bob", "ann"], members.Select(member => member.MemberId));
        Assert.Equal([0, 1, 1, 1], members.Select(member => member.Revision));
        Assert.Equal([false, true, false, true], members.Select(member => member.IsErased));
        Assert.Empty(await Store.GetManyAsync([], Cancel));
    }

    [Fact]
    public async Task ListErasing_SomeDue_TheLongestOverdueFirst()
    {
        await StoreAsync(MemberRecord.Of("ann") with { Deletion = Running(Start.AddHours(2)) });
        await StoreAsync(MemberRecord.Of("eve") with { Deletion = Running(Start) });
        await StoreAsync(MemberRecord.Of("bob") with { Deletion = Running(Start) });
        await StoreAsync(MemberRecord.Of("dan"));
        await StoreAsync(
            MemberRecord.Of("zoe") with
            {
                Deletion = Running(Start.AddHours(2).AddMilliseconds(1)),
            }
        );
        var done = await StoreAsync(MemberRecord.Of("tom") with { Deletion = Running(Start) });
        await StoreAsync(
            done with
            {
                Deletion = done.Deletion! with
                {
                    State = MemberDeletionState.Done,
                    EndTime = Start.AddDays(1),
                    DueTime = null,
                },
            }
        );

        Assert.Equal(
            ["bob", "eve", "ann"],
            (await Store.ListErasingAsync(Start.AddHours(2), 10, Cancel)).Select(member =>
                member.MemberId
            )
        );
        Assert.Equal(
            ["bob", "eve"],
            (await Store.ListErasingAsync(Start.AddHours(2), 2, Cancel)).Select(member =>
                member.MemberId
            )
        );
    }

    [Fact]
    public async Task Open_Again_HoldsWhatWasStored()
    {
        var stored = await StoreAsync(MemberRecord.Of("ann") with { Deletion = Running(Start) });
        await CloseAsync(Store);

        _store = await OpenAsync();

        Assert.Equivalent(stored, await Store.GetAsync("ann", Cancel), strict: true);
    }

    private static MemberDeletion Running(DateTimeOffset since) =>
        new(MemberDeletionState.Running, since, EndTime: null, RemovedCount: 0, DueTime: since);

    private async Task<MemberRecord> StoreAsync(MemberRecord member)
    {
        var stored = await Store.TryStoreAsync(member, Cancel);
        Assert.NotNull(stored);
        return stored;
    }
}
