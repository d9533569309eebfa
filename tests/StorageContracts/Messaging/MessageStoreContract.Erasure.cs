using Platform.Messaging.Live;
using Platform.Messaging.Messages;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>Erasing members, and retention.</summary>
public abstract partial class MessageStoreContract
{
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
