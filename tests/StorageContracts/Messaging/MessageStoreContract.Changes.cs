using Platform.Messaging.Messages;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>Changing messages.</summary>
public abstract partial class MessageStoreContract
{
    [Fact]
    public async Task Change_NewestAndOlder_AreReadAsTheyAreNow()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendManyAsync(pair, 6);

        await EditAsync(pair, 6, "newest");
        await EditAsync(pair, 2, "second");
        await EditAsync(pair, 4, "fourth");
        await EditAsync(pair, 2, "second again");
        await DeleteAsync(pair, 5);
        await SendAsync(pair, "ann", "seventh");
        await EditAsync(pair, 6, "sixth");

        string[] expected = ["text 0", "second again", "text 2", "fourth", "", "sixth", "seventh"];
        foreach (var limit in new[] { 2, 100 })
        {
            var rising = await ReadAllAsync(pair, "bob", newestFirst: false, limit);
            var falling = await ReadAllAsync(pair, "ann", newestFirst: true, limit);
            Assert.Equal(expected, rising.Select(message => message.Text));
            Assert.Equal(expected, falling.Select(message => message.Text).Reverse());
            Assert.Equal([0, 2, 0, 1, 1, 2, 0], rising.Select(message => (int)message.Version));
            Assert.Equal(
                [5L],
                rising.Where(message => message.DeleteTime is not null).Select(one => one.Number)
            );
            Assert.Equal(
                [2L, 4L, 6L],
                rising.Where(message => message.EditTime is not null).Select(one => one.Number)
            );
        }
    }

    [Fact]
    public async Task Change_Newest_ShowsInTheListAndMovesNothing()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "ann", "one");
        await StartPairAsync("bob", "cid");
        var before = await FindAsync(pair, "bob");
        Time.Advance(TimeSpan.FromMinutes(1));

        await EditAsync(pair, 1, "other");
        var edited = await FindAsync(pair, "bob");
        await DeleteAsync(pair, 1);
        var deleted = await FindAsync(pair, "bob");

        Assert.Equal(("other", false), (edited.LastMessage!.Snippet, edited.LastMessage.Deleted));
        Assert.Equal(("", true), (deleted.LastMessage!.Snippet, deleted.LastMessage.Deleted));
        foreach (var view in new[] { edited, deleted })
        {
            Assert.Equal(before.LastActivityTime, view.LastActivityTime);
            Assert.Equal((1, 1), (view.LastNumber, view.UnreadCount));
            Assert.Equal(before.LastMessage!.CreateTime, view.LastMessage!.CreateTime);
        }
    }

    [Fact]
    public async Task Change_DecidedOnAnOldState_StoresNothing()
    {
        var group = await StartGroupAsync("ann", "bob");
        await SendAsync(group, "ann", "one");
        var old = (await Store.PrepareChangeAsync(group, "ann", 1, Token))!;
        await EditAsync(group, 1, "two");
        var current = (await Store.PrepareChangeAsync(group, "ann", 1, Token))!;
        await AddAsync(group, "ann", "cid");

        var stale = await Store.ChangeAsync(Edit(group, old.Message!, "stale"), Token);
        var others = await Store.ChangeAsync(
            Edit(group, current.Message!, "others") with
            {
                MembershipVersion = current.Membership.Version,
            },
            Token
        );

        Assert.Null(stale);
        Assert.Null(others);
        Assert.Equal("two", (await ReadAllAsync(group, "ann", false))[0].Text);
    }

    [Fact]
    public async Task PrepareChange_WhatTheMemberMayNotRead_IsNotThere()
    {
        var group = await StartGroupAsync("ann", "bob");
        await SendAsync(group, "ann", "before");
        await AddAsync(group, "ann", "cid");

        Assert.Null(await Store.PrepareChangeAsync(group, "dan", 1, Token));
        Assert.Null(await Store.PrepareChangeAsync("ann~zoe", "ann", 1, Token));
        Assert.Null((await Store.PrepareChangeAsync(group, "cid", 1, Token))!.Message);
        Assert.Null((await Store.PrepareChangeAsync(group, "ann", 3, Token))!.Message);
        Assert.NotNull((await Store.PrepareChangeAsync(group, "cid", 2, Token))!.Message);
    }

    [Fact]
    public async Task Change_WithRequestIds_RemembersTheLatest()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "ann", "one");
        await SendAsync(pair, "ann", "two");
        for (var index = 0; index < EditRequest.MaxRemembered + 2; index++)
        {
            var read = (await Store.PrepareChangeAsync(pair, "ann", 1, Token))!.Message!;
            await Store.ChangeAsync(
                Edit(pair, read, $"edit {index}") with
                {
                    RequestId = $"r{index}",
                    Fingerprint = $"f{index}",
                },
                Token
            );
        }

        var message = (await Store.PrepareChangeAsync(pair, "ann", 1, Token))!.Message!;

        Assert.Equal(
            Enumerable
                .Range(2, EditRequest.MaxRemembered)
                .Select(index => new EditRequest($"r{index}", $"f{index}", Time.GetUtcNow())),
            message.Edits
        );
    }

    [Fact]
    public async Task Change_ByReplicasWhileTheyAppend_LosesNothing()
    {
        const int Each = 30;
        var pair = await StartPairAsync("ann", "bob");
        await SendManyAsync(pair, 4);

        var edits = await OnReplicasAsync(
            async (store, replica) =>
            {
                var done = new List<(long Number, long Version, string Text)>();
                for (var index = 0; index < Each; index++)
                {
                    await store.AppendAsync(Draft(pair, "ann", $"{replica}.{index}"), Token);
                    // mostly the same few, so that they meet; and the newest, which is being copied
                    var view = (await store.FindConversationAsync(pair, "ann", Token))!;
                    var number = index % 3 == 0 ? view.LastNumber : 1 + (index % 4);
                    var read = (
                        await store.PrepareChangeAsync(pair, "ann", number, Token)
                    )!.Message!;
                    var changed = await store.ChangeAsync(
                        Edit(pair, read, $"edit {replica}.{index}"),
                        Token
                    );
                    if (changed is not null)
                    {
                        done.Add((number, changed.Version, changed.Text));
                    }
                }
                return done;
            }
        );

        var stored = await ReadAllAsync(pair, "bob", newestFirst: false);
        Assert.Equal(
            Enumerable.Range(1, 4 + (Replicas * Each)).Select(number => (long)number),
            stored.Select(message => message.Number)
        );
        foreach (var ofOne in edits.SelectMany(done => done).GroupBy(edit => edit.Number))
        {
            // every version was stored once, and the last one is what everybody reads
            Assert.Equal(
                Enumerable.Range(1, ofOne.Count()).Select(version => (long)version),
                ofOne.Select(edit => edit.Version).Order()
            );
            var message = stored.Single(message => message.Number == ofOne.Key);
            Assert.Equal(ofOne.Max(edit => edit.Version), message.Version);
            Assert.Equal(ofOne.MaxBy(edit => edit.Version).Text, message.Text);
        }
    }

    private MessageChange Edit(string conversation, StoredMessage read, string text) =>
        new()
        {
            ConversationId = conversation,
            Number = read.Number,
            ReadVersion = read.Version,
            Text = text,
            Time = Time.GetUtcNow(),
        };

    private async Task EditAsync(string conversation, long number, string text)
    {
        var read = (await Store.PrepareChangeAsync(conversation, "ann", number, Token))!;
        Assert.NotNull(await Store.ChangeAsync(Edit(conversation, read.Message!, text), Token));
    }

    private async Task DeleteAsync(string conversation, long number)
    {
        var read = (await Store.PrepareChangeAsync(conversation, "ann", number, Token))!;
        Assert.NotNull(
            await Store.ChangeAsync(MessageChange.Deletion(read.Message!, Time.GetUtcNow()), Token)
        );
    }
}
