using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>Searching.</summary>
public abstract partial class MessageStoreContract
{
    [Theory]
    [InlineData("tea", "ann tea at five", "Tea time?")]
    [InlineData("TEA", "ann tea at five", "Tea time?")]
    [InlineData("creme brulee", "Crème brûlée!")]
    [InlineData("brûlée", "Crème brûlée!")]
    [InlineData("five tea", "ann tea at five")]
    [InlineData("te")]
    [InlineData("茶", "お茶を飲む")]
    [InlineData("\"tea\" OR", "Tea OR coffee, NEAR(x)")]
    [InlineData("the")]
    public async Task Search_Words_FindsWhatHoldsThemAll(string query, params string[] expected)
    {
        var pair = await StartPairAsync("ann", "bob");
        foreach (
            var text in new[]
            {
                "お茶を飲む",
                "Tea OR coffee, NEAR(x)",
                "Crème brûlée!",
                "Tea time?",
                "ann tea at five",
                "nothing",
            }
        )
        {
            await SendAsync(pair, "ann", text);
        }
        // one of the texts is found by tea as well
        var found = await SearchAllAsync("bob", query);

        Assert.Equal(
            query is "tea" or "TEA" ? [.. expected, "Tea OR coffee, NEAR(x)"] : expected,
            found.Select(message => message.Text)
        );
    }

    [Fact]
    public async Task Search_WhatChanged_IsFoundAsItIsNow()
    {
        var pair = await StartPairAsync("ann", "bob");
        for (var index = 1; index <= 5; index++)
        {
            await SendAsync(pair, "ann", $"apple {index}");
        }
        Assert.Equal(5, (await SearchAllAsync("bob", "apple")).Count);
        await EditAsync(pair, 2, "pear");
        await EditAsync(pair, 5, "pear too");
        await DeleteAsync(pair, 3);
        await SendAsync(pair, "bob", "apple of mine");

        Assert.Equal([6L, 4, 1], (await SearchAllAsync("bob", "apple")).Select(one => one.Number));
        Assert.Equal([5L, 2], (await SearchAllAsync("ann", "pear")).Select(one => one.Number));
        Assert.Equal(
            [6L],
            (await SearchAllAsync("ann", "apple", sender: "bob")).Select(one => one.Number)
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public async Task Search_SeveralConversations_NewestFirstPageByPage(int limit)
    {
        var expected = new List<string>();
        var conversations = new List<string>();
        foreach (var other in new[] { "bob", "cid", "dan" })
        {
            conversations.Add(await StartPairAsync("ann", other));
        }
        for (var index = 0; index < 12; index++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await SendAsync(conversations[index * 7 % 3], "ann", $"find {index}");
            expected.Insert(0, $"find {index}");
        }
        await SendAsync(await StartPairAsync("bob", "cid"), "bob", "find, but not for ann");

        Assert.Equal(
            expected,
            (await SearchAllAsync("ann", "find", limit: limit)).Select(message => message.Text)
        );
        var only = await SearchAllAsync("ann", "find", conversations[1], limit: limit);
        Assert.All(only, message => Assert.Equal(conversations[1], message.ConversationId));
        Assert.Equal(4, only.Count);
    }

    [Fact]
    public async Task Search_OnlyWhatOneMayRead()
    {
        var group = await StartGroupAsync("ann", "bob");
        await SendAsync(group, "ann", "secret before");
        await AddAsync(group, "ann", "cid");
        await SendAsync(group, "ann", "secret after");

        Assert.Equal(
            ["secret after"],
            (await SearchAllAsync("cid", "secret")).Select(message => message.Text)
        );
        Assert.Empty(await SearchAllAsync("dan", "secret"));
        Assert.Null(
            await Store.SearchAsync(new SearchQuery("dan", ["secret"], group, "", null, 10), Token)
        );
        await LeaveAsync(group, "bob");
        Assert.Empty(await SearchAllAsync("bob", "secret"));
    }

    [Fact]
    public async Task Search_ErasedOrDeletedByAge_IsNotFound()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "bob", "old word");
        Assert.Single(await SearchAllAsync("ann", "word"));
        Time.Advance(TimeSpan.FromDays(2));
        await SendAsync(pair, "ann", "word of ann");
        await SendAsync(pair, "bob", "word of bob");

        await DeleteAllOlderAsync(Time.GetUtcNow() - TimeSpan.FromDays(1), 100);
        await EraseAllAsync("ann");

        Assert.Equal(
            ["word of bob"],
            (await SearchAllAsync("bob", "word")).Select(message => message.Text)
        );
    }

    [Fact]
    public async Task Search_InTheMidstOfAnErasure_FindsAllThatIsLeft()
    {
        var pair = await StartPairAsync("ann", "bob");
        foreach (var sender in new[] { "bob", "bob", "bob", "ann", "ann", "ann", "ann" })
        {
            await SendAsync(pair, sender, "apple");
        }
        await SendAsync(pair, "bob", "pear");
        Assert.Equal(7, (await SearchAllAsync("bob", "apple", limit: 2)).Count);
        ErasureStep step;
        do
        {
            step = await Store.EraseAsync("ann", Time.GetUtcNow(), Token);
        } while (step.Messages == 0);

        Assert.Equal(
            [3L, 2, 1],
            (await SearchAllAsync("bob", "apple", limit: 2)).Select(one => one.Number)
        );
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.2")]
    public async Task Search_PositionThatIsNone_IsRefused(string position) =>
        await Assert.ThrowsAsync<FormatException>(() =>
            Store.SearchAsync(new SearchQuery("ann", ["x"], "", "", position, 10), Token)
        );

    private async Task<List<StoredMessage>> SearchAllAsync(
        string member,
        string query,
        string conversation = "",
        string sender = "",
        int limit = 10
    )
    {
        var all = new List<StoredMessage>();
        string? next = null;
        do
        {
            var page = await Store.SearchAsync(
                new SearchQuery(
                    member,
                    SearchWords.Distinct(query),
                    conversation,
                    sender,
                    next,
                    limit
                ),
                Token
            );
            Assert.True(page!.IsComplete);
            all.AddRange(page.Messages);
            next = page.Next;
        } while (next is not null);
        return all;
    }
}
