using CsCheck;
using Platform.Messaging.Messages;

namespace Platform.Tests.StorageContracts.Messaging;

public abstract partial class MessageStoreContract
{
    [Fact]
    public async Task MarkRead_ForwardAndBack_NeverMovesBack()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "ann", "1");
        await SendAsync(pair, "bob", "2");
        await SendAsync(pair, "ann", "3");
        await SendAsync(pair, "ann", "4");

        Assert.Equal(new ReadMark(1, 2), await Store.MarkReadAsync(pair, "bob", 1, Start, Token));
        Assert.Equal(new ReadMark(3, 1), await Store.MarkReadAsync(pair, "bob", 3, Start, Token));
        Assert.Equal(new ReadMark(3, 1), await Store.MarkReadAsync(pair, "bob", 2, Start, Token));
        Assert.Equal(
            new ReadMark(3, 1, BeyondEnd: true),
            await Store.MarkReadAsync(pair, "bob", 5, Start, Token)
        );
        Assert.Equal(new ReadMark(4, 0), await Store.MarkReadAsync(pair, "bob", 4, Start, Token));
        Assert.Equal(new UnreadCounts(0, 0), await Store.CountUnreadAsync("bob", Token));
        Assert.Equal(new UnreadCounts(1, 1), await Store.CountUnreadAsync("ann", Token));
    }

    [Fact]
    public async Task Append_SenderWithNothingUnread_HasReadTheirOwn()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "ann", "1");
        Assert.Equal(1, (await FindAsync(pair, "ann")).ReadNumber);

        await SendAsync(pair, "bob", "2");
        await SendAsync(pair, "ann", "3, without having read 2");

        var ann = await FindAsync(pair, "ann");
        Assert.Equal((1, 1), (ann.ReadNumber, ann.UnreadCount));
    }

    /// <summary>Any mixture of sends and read marks: unread is always the number of messages of others after the mark.</summary>
    [Fact]
    public void UnreadCount_AnyHistory_EqualsTheMessagesOfOthersAfterTheMark() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[1, 30])
            .List[1, 40]
            .Sample(
                steps => Task.Run(() => ReplayAsync(steps), Token).GetAwaiter().GetResult(),
                iter: 25,
                threads: 1
            );

    private async Task ReplayAsync(List<(int Who, int What, int Number)> steps)
    {
        string[] names = [$"a{Guid.NewGuid():n}", $"b{Guid.NewGuid():n}", $"c{Guid.NewGuid():n}"];
        var group = await StartGroupAsync(names[0], names[1], names[2]);
        var senders = new List<string>();
        var read = names.ToDictionary(name => name, _ => 0L);
        foreach (var (who, what, number) in steps)
        {
            var name = names[who];
            if (what > 0)
            {
                var caughtUp = !senders.Skip((int)read[name]).Any(sender => sender != name);
                senders.Add(name);
                if (caughtUp)
                {
                    read[name] = senders.Count;
                }
                await SendAsync(group, name, "text");
            }
            else
            {
                if (number <= senders.Count)
                {
                    read[name] = Math.Max(read[name], number);
                }
                await Store.MarkReadAsync(group, name, number, Time.GetUtcNow(), Token);
            }
            var view = await FindAsync(group, name);
            Assert.Equal(read[name], view.ReadNumber);
            Assert.Equal(
                senders.Skip((int)read[name]).Count(sender => sender != name),
                view.UnreadCount
            );
        }
    }
}
