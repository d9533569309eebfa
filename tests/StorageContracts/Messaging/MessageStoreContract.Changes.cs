using Platform.Messaging.Live;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>Changing messages, the record of changes, erasing.</summary>
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

    [Fact]
    public async Task ReadChanges_FromTheBeginning_TellsEverythingInOrder()
    {
        var group = await StartGroupAsync("ann", "bob");
        await SendAsync(group, "ann", "one");
        await SendAsync(group, "ann", "two");
        await EditAsync(group, 1, "one edited");
        await Store.MarkReadAsync(group, "bob", 2, Time.GetUtcNow(), Token);
        await AddAsync(group, "ann", "cid");
        await SendAsync(group, "bob", "four");
        await DeleteAsync(group, 4);

        var changes = (await Store.ReadChangesAsync(group, "ann", 0, 100, Token))!;
        var late = (await Store.ReadChangesAsync(group, "cid", 0, 100, Token))!;

        Assert.False(changes.More);
        Assert.Equal(
            [
                "sent 1",
                "sent 2",
                "changed 1",
                "read bob 2",
                "shape",
                "sent 3",
                "sent 4",
                "changed 4",
            ],
            changes.Changes.Select(Describe)
        );
        Assert.Equal(changes.UpTo, changes.Changes[^1].Stamp);
        Assert.Equal("one edited", changes.Changes[0].Message!.Text);
        Assert.Equal(["ann", "bob", "cid"], MembersOf(changes.Changes[4]));
        // who came later is told what concerns them
        Assert.Equal(
            ["read bob 2", "shape", "sent 3", "sent 4", "changed 4"],
            late.Changes.Select(Describe)
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ReadChanges_PageByPage_IsTheSame(int limit)
    {
        var pair = await StartPairAsync("ann", "bob");
        for (var index = 1; index <= 12; index++)
        {
            await SendAsync(pair, "ann", $"text {index}");
            if (index % 2 == 0)
            {
                await EditAsync(pair, index / 2, $"edit {index}");
            }
            await Store.MarkReadAsync(pair, "bob", index, Time.GetUtcNow(), Token);
        }
        var whole = (await Store.ReadChangesAsync(pair, "bob", 0, 100, Token))!;

        var paged = new List<ConversationChange>();
        var page = new ConversationChanges(0, true, []);
        while (page.More)
        {
            page = (await Store.ReadChangesAsync(pair, "bob", page.UpTo, limit, Token))!;
            Assert.InRange(page.Changes.Count, 0, limit);
            paged.AddRange(page.Changes);
        }

        Assert.Equal(whole.Changes.Select(Describe), paged.Select(Describe));
        Assert.Equal(whole.Changes.Select(one => one.Stamp), paged.Select(one => one.Stamp));
        // and from each of them on, the rest
        foreach (var (change, index) in whole.Changes.Select((change, index) => (change, index)))
        {
            var rest = (await Store.ReadChangesAsync(pair, "bob", change.Stamp, 100, Token))!;
            Assert.Equal(
                whole.Changes.Skip(index + 1).Select(Describe),
                rest.Changes.Select(Describe)
            );
        }
    }

    [Fact]
    public async Task ReadChanges_WhileReplicasWrite_TellsEachOnceInOrder()
    {
        const int Each = 25;
        var pair = await StartPairAsync("ann", "bob");
        var reader = await OpenAnotherAsync();

        var writing = OnReplicasAsync(
            async (store, replica) =>
            {
                for (var index = 0; index < Each; index++)
                {
                    var sent = await store.AppendAsync(Draft(pair, "ann", "text"), Token);
                    var read = await store.PrepareChangeAsync(pair, "ann", sent.Number, Token);
                    await store.ChangeAsync(Edit(pair, read!.Message!, "edited"), Token);
                    await store.MarkReadAsync(pair, "bob", sent.Number, Start, Token);
                }
                return replica;
            }
        );
        var told = new List<ConversationChange>();
        var upTo = 0L;
        bool isLast;
        do
        {
            isLast = writing.IsCompleted;
            var page = (await reader.ReadChangesAsync(pair, "bob", upTo, 20, Token))!;
            upTo = page.UpTo;
            told.AddRange(page.Changes);
            isLast &= !page.More;
        } while (!isLast);
        await writing;

        Assert.Equal(
            told.Select(one => one.Stamp).Distinct().Order(),
            told.Select(one => one.Stamp)
        );
        Assert.Equal(
            Enumerable.Range(1, Replicas * Each).Select(number => (long)number),
            told.Where(one => one.Kind == ChangeKind.MessageSent).Select(one => one.Message!.Number)
        );
        Assert.Equal(
            Enumerable.Range(1, Replicas * Each).Select(number => (long)number),
            told.Where(one => one.Kind == ChangeKind.MessageChanged)
                .Select(one => one.Message!.Number)
                .Order()
        );
        Assert.Equal(
            (await FindAsync(pair, "bob")).ReadNumber,
            told.Last(one => one.Kind == ChangeKind.ReadMoved).Reader!.ReadNumber
        );
    }

    [Fact]
    public async Task Look_ChangedConversations_OfThoseAskedForOnly()
    {
        var pair = await StartPairAsync("ann", "bob");
        var group = await StartGroupAsync("ann", "bob", "cid");
        await StartPairAsync("dan", "eve");
        var bounds = await LastStampAsync(pair, "ann");
        await SendAsync(pair, "bob", "hello");
        await LeaveAsync(group, "cid");

        var all = await Store.LookAsync(["ann", "cid"], 0, 10, Token);
        var since = await Store.LookAsync(["ann", "cid"], bounds, 10, Token);
        var first = await Store.LookAsync(["ann", "cid"], 0, 1, Token);
        var left = await LastStampAsync(group, "ann");
        var later = await Store.LookAsync(["cid"], left, 10, Token);

        Assert.Equal([pair, group], all.Conversations.Select(one => one.ConversationId));
        Assert.Equal(["ann"], all.Conversations[0].MemberIds);
        Assert.Equal(["ann", "cid"], all.Conversations[1].MemberIds.Order(StringComparer.Ordinal));
        Assert.Equal([pair, group], since.Conversations.Select(one => one.ConversationId));
        Assert.Equal([pair], first.Conversations.Select(one => one.ConversationId));
        Assert.Empty(later.Conversations);
        Assert.Equal(left, all.Conversations[1].Stamp);
    }

    [Fact]
    public async Task Leave_AndComeBack_IsToldSo()
    {
        var group = await StartGroupAsync("ann", "bob", "cid");
        var start = await LastStampAsync(group, "cid");
        await SendAsync(group, "ann", "one");
        await LeaveAsync(group, "cid");

        var left = (await Store.ReadChangesAsync(group, "cid", start, 10, Token))!;
        await SendAsync(group, "ann", "unheard");
        var silence = (await Store.ReadChangesAsync(group, "cid", left.UpTo, 10, Token))!;
        await AddAsync(group, "ann", "cid");
        var back = (await Store.ReadChangesAsync(group, "cid", silence.UpTo, 10, Token))!;

        Assert.Equal(["left"], left.Changes.Select(Describe));
        Assert.Empty(silence.Changes);
        Assert.Equal(["shape", "sent 4"], back.Changes.Select(Describe));
        Assert.Equal(4, back.Changes[0].Conversation!.FirstNumber);
        Assert.Null(await Store.ReadChangesAsync(group, "dan", 0, 10, Token));
    }

    [Fact]
    public async Task Erase_StepByStep_LeavesTombstonesAndOthers()
    {
        const int Own = 120;
        var pair = await StartPairAsync("ann", "bob");
        var left = await StartGroupAsync("bob", "ann", "cid");
        var group = await StartGroupAsync("ann", "bob", "cid");
        await SendAsync(left, "ann", "said before leaving");
        await LeaveAsync(left, "ann");
        for (var index = 0; index < Own; index++)
        {
            await SendAsync(pair, "ann", $"mine {index}");
        }
        await SendAsync(pair, "bob", "theirs");
        await SendAsync(group, "ann", "mine");
        await SendAsync(group, "bob", "theirs");
        await SendAsync(group, "ann", "mine, the newest");
        await EditAsync(pair, 7, "mine, edited");
        var before = await LastStampAsync(pair, "bob");

        var (messages, places) = await EraseAllAsync("ann");
        var (again, none) = await EraseAllAsync("ann");

        Assert.Equal((Own + 4, 2), (messages, places));
        Assert.Equal((0, 0), (again, none));
        Assert.Null(await Store.FindConversationAsync(pair, "ann", Token));
        Assert.Null(await Store.FindConversationAsync(group, "ann", Token));
        Assert.Empty(await ListAllAsync("ann", 10));
        Assert.Equal(new UnreadCounts(0, 0), await Store.CountUnreadAsync("ann", Token));
        Assert.Null((await Store.PrepareAsync(pair, "ann", "", Token)).Membership);
        var ofPair = await ReadAllAsync(pair, "bob", newestFirst: false);
        Assert.Equal(Own + 1, ofPair.Count);
        Assert.All(ofPair.Take(Own), message => Assert.Equal("", message.Text));
        Assert.All(ofPair.Take(Own), message => Assert.NotNull(message.DeleteTime));
        Assert.Equal("theirs", ofPair[^1].Text);
        Assert.Equal(
            ["", "theirs", ""],
            (await ReadAllAsync(group, "bob", newestFirst: false)).Select(message => message.Text)
        );
        Assert.All(
            await ReadAllAsync(left, "cid", newestFirst: false),
            message => Assert.NotNull(message.DeleteTime)
        );
        Assert.Equal(
            ["bob", "cid"],
            (await FindAsync(group, "cid")).Members.Select(one => one.MemberId)
        );
        // a pair is of two, for good
        Assert.Equal(
            ["ann", "bob"],
            (await FindAsync(pair, "bob")).Members.Select(one => one.MemberId)
        );
        var told = new List<string>();
        var page = new ConversationChanges(before, true, []);
        while (page.More)
        {
            page = (await Store.ReadChangesAsync(pair, "bob", page.UpTo, 40, Token))!;
            told.AddRange(page.Changes.Select(Describe));
        }
        Assert.Equal(
            Enumerable.Range(1, Own).Select(number => $"changed {number}").Prepend("shape"),
            told
        );
    }

    [Fact]
    public async Task DeleteOlder_StepByStep_KeepsNumbersAndCounts()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendManyAsync(pair, 10);
        await EditAsync(pair, 3, "edited");
        await Store.MarkReadAsync(pair, "bob", 2, Time.GetUtcNow(), Token);
        Time.Advance(TimeSpan.FromDays(10));
        var young = await StartPairAsync("ann", "cid");
        await SendAsync(young, "ann", "young");
        await SendAsync(pair, "ann", "eleventh");
        var cutoff = Time.GetUtcNow() - TimeSpan.FromDays(5);

        var first = await Store.DeleteOlderAsync(cutoff, 4, Token);
        var afterFirst = await FindAsync(pair, "bob");
        var numbers = (await ReadAllAsync(pair, "bob", newestFirst: true)).Select(one =>
            one.Number
        );
        var deleted = first + await DeleteAllOlderAsync(cutoff, 4);

        Assert.Equal(4, first);
        Assert.Equal([11L, 10, 9, 8, 7, 6, 5], numbers);
        Assert.Equal((5, 4), (afterFirst.FirstNumber, afterFirst.ReadNumber));
        // of 5 .. 11 ann sent all but 7 and 10
        Assert.Equal(5, afterFirst.UnreadCount);
        Assert.Equal(10, deleted);
        var view = await FindAsync(pair, "bob");
        Assert.Equal((11, 11, 1), (view.FirstNumber, view.LastNumber, view.UnreadCount));
        Assert.Equal(
            ["eleventh"],
            (await ReadAllAsync(pair, "ann", false)).Select(one => one.Text)
        );
        Assert.Equal(["young"], (await ReadAllAsync(young, "cid", false)).Select(one => one.Text));
    }

    [Fact]
    public async Task DeleteOlder_Everything_LeavesAConversationThatGoesOn()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendManyAsync(pair, 5);
        Time.Advance(TimeSpan.FromDays(1));

        var deleted = await DeleteAllOlderAsync(Time.GetUtcNow(), 100);
        var empty = await FindAsync(pair, "bob");
        var page = await ReadAsync(pair, "bob");
        var next = await SendAsync(pair, "ann", "sixth");

        Assert.Equal(5, deleted);
        Assert.Null(empty.LastMessage);
        Assert.Equal((6, 5, 0), (empty.FirstNumber, empty.LastNumber, empty.UnreadCount));
        Assert.Empty(page.Messages);
        Assert.Equal(6, next.Number);
        Assert.Equal(["sixth"], (await ReadAllAsync(pair, "bob", false)).Select(one => one.Text));
        Assert.Equal(0, await Store.DeleteOlderAsync(Time.GetUtcNow(), 100, Token));
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await DeleteAllOlderAsync(Time.GetUtcNow(), 100));
    }

    private static string Describe(ConversationChange change) =>
        change.Kind switch
        {
            ChangeKind.MessageSent => $"sent {change.Message!.Number}",
            ChangeKind.MessageChanged => $"changed {change.Message!.Number}",
            ChangeKind.ReadMoved => $"read {change.Reader!.MemberId} {change.Reader.ReadNumber}",
            ChangeKind.ConversationChanged => "shape",
            _ => "left",
        };

    private static IEnumerable<string> MembersOf(ConversationChange change) =>
        change.Conversation!.Members.Select(member => member.MemberId);

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

    private Task<AppendResult> LeaveAsync(string conversation, string member) =>
        ChangeAsync(conversation, member, new MessageDraft { Kind = MessageKind.MemberLeft });

    private async Task<long> LastStampAsync(string conversation, string member) =>
        (await Store.ReadChangesAsync(conversation, member, 0, 1000, Token))!.UpTo;

    private async Task<(int Messages, int Places)> EraseAllAsync(string member)
    {
        var (messages, places) = (0, 0);
        while (true)
        {
            var step = await Store.EraseAsync(member, Time.GetUtcNow(), Token);
            if (step.ConversationId is null)
            {
                return (messages, places);
            }
            messages += step.Messages;
            places += step.Left ? 1 : 0;
        }
    }

    private async Task<long> DeleteAllOlderAsync(DateTimeOffset before, int limit)
    {
        long all = 0;
        long step;
        do
        {
            step = await Store.DeleteOlderAsync(before, limit, Token);
            all += step;
        } while (step > 0);
        return all;
    }
}
