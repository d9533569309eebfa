using CsCheck;
using Platform.Messaging.Messages;

namespace Platform.Tests.StorageContracts.Messaging;

public abstract partial class MessageStoreContract
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadMessages_PageByPage_EachOnceInOrder(bool newestFirst)
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendManyAsync(pair, 23);

        var all = await ReadAllAsync(pair, "bob", newestFirst, limit: 5);

        var expected = Enumerable.Range(1, 23).Select(number => (long)number);
        Assert.Equal(
            newestFirst ? expected.Reverse() : expected,
            all.Select(message => message.Number)
        );
    }

    [Theory]
    [InlineData(0, true, new long[] { 10, 9, 8 }, 7)]
    [InlineData(0, false, new long[] { 1, 2, 3 }, 4)]
    [InlineData(5, true, new long[] { 5, 4, 3 }, 2)]
    [InlineData(5, false, new long[] { 5, 6, 7 }, 8)]
    [InlineData(3, true, new long[] { 3, 2, 1 }, 0)]
    [InlineData(8, false, new long[] { 8, 9, 10 }, 0)]
    [InlineData(11, false, new long[0], 0)]
    [InlineData(99, true, new long[] { 10, 9, 8 }, 7)]
    public async Task ReadMessages_FromANumber_IncludesIt(
        long start,
        bool newestFirst,
        long[] expected,
        long next
    )
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendManyAsync(pair, 10);

        var page = await Store.ReadMessagesAsync(
            pair,
            "ann",
            new MessageRange(start, newestFirst, 3, int.MaxValue),
            Token
        );

        Assert.Equal(expected, page!.Messages.Select(message => message.Number));
        Assert.Equal(next == 0 ? null : next, page.NextNumber);
        Assert.Equal(10, page.LastNumber);
    }

    [Fact]
    public async Task ReadMessages_LongTexts_EndsThePageEarlyAndSaysWhereToGoOn()
    {
        var pair = await StartPairAsync("ann", "bob");
        for (var index = 0; index < 6; index++)
        {
            await SendAsync(pair, "ann", new string('x', 100));
        }

        var page = await Store.ReadMessagesAsync(
            pair,
            "ann",
            new MessageRange(0, false, 50, 250),
            Token
        );
        var tiny = await Store.ReadMessagesAsync(
            pair,
            "ann",
            new MessageRange(0, false, 50, 1),
            Token
        );

        Assert.Equal(3, page!.Messages.Count);
        Assert.Equal(4, page.NextNumber);
        Assert.Single(tiny!.Messages);
    }

    [Fact]
    public async Task Reads_ByOneWhoIsNotIn_AreAsIfThereWereNone()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "ann", "hello", "r1");

        Assert.Null(await Store.FindConversationAsync(pair, "eve", Token));
        Assert.Null(
            await Store.ReadMessagesAsync(pair, "eve", new MessageRange(0, false, 5, 1000), Token)
        );
        Assert.Null(await Store.MarkReadAsync(pair, "eve", 1, Start, Token));
        Assert.Null((await Store.PrepareAsync(pair, "eve", "r1", Token)).Membership);
        Assert.Null((await Store.PrepareAsync(pair, "eve", "r1", Token)).Earlier);
        Assert.Empty(
            (await Store.ListConversationsAsync("eve", null, 10, false, Token)).Conversations
        );
    }
}
