using CsCheck;
using Platform.Messaging.Conversations;

namespace Platform.Tests.StorageContracts.Messaging;

public abstract partial class MessageStoreContract
{
    [Fact]
    public async Task Start_PairFromBothSides_IsOne()
    {
        var first = await Store.StartAsync(Pair("ann", "bob"), Token);
        var second = await Store.StartAsync(Pair("bob", "ann"), Token);

        Assert.True(first.Created);
        Assert.False(second.Created);
        Assert.Equal(first.ConversationId, second.ConversationId);
        Assert.Equal("ann", (await FindAsync(first.ConversationId, "bob")).CreatorId);
    }

    [Fact]
    public async Task Start_PairByManyAtOnce_IsMadeOnce()
    {
        var started = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(index =>
                    Task.Run(
                        () =>
                            Store.StartAsync(
                                index % 2 == 0 ? Pair("ann", "bob") : Pair("bob", "ann"),
                                Token
                            ),
                        Token
                    )
                )
        );

        Assert.Single(started, one => one.Created);
        Assert.Equal(2, (await FindAsync(started[0].ConversationId, "ann")).Members.Count);
    }

    [Fact]
    public async Task Start_RepeatedRequest_GivesTheFirstAnswerForADay()
    {
        var request = Pair("ann", "bob") with { RequestId = "r1", Fingerprint = "f1" };
        var first = await Store.StartAsync(request, Token);
        Time.Advance(TimeSpan.FromHours(23));

        var again = await Store.StartAsync(request with { Time = Time.GetUtcNow() }, Token);
        var other = await Store.StartAsync(
            Pair("ann", "cid") with
            {
                RequestId = "r1",
                Fingerprint = "f2",
            },
            Token
        );

        Assert.Equal(first, again);
        Assert.True(again.Created);
        // the caller compares the fingerprint; nothing was made
        Assert.Equal("f1", other.Fingerprint);
        Assert.Null(
            await Store.FindConversationAsync(ConversationIds.OfPair("ann", "cid"), "ann", Token)
        );
        Assert.Equal(first, await Store.FindStartAsync("ann", "r1", Token));
        Time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await Store.FindStartAsync("ann", "r1", Token));
    }

    [Fact]
    public async Task ListConversations_ByLastActivity_NewestFirst()
    {
        var ids = new List<string>();
        foreach (var other in new[] { "m0", "m1", "m2", "m3", "m4", "m5", "m6" })
        {
            ids.Add(await StartPairAsync("ann", other));
            Time.Advance(TimeSpan.FromSeconds(1));
        }
        await SendAsync(ids[2], "m2", "up");
        Time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(ids[4], "ann", "and up");

        var listed = await ListAllAsync("ann", limit: 3);

        Assert.Equal(
            [ids[4], ids[2], ids[6], ids[5], ids[3], ids[1], ids[0]],
            listed.Select(conversation => conversation.Id)
        );
        Assert.Equal("and up", listed[0].LastMessage!.Snippet);
        Assert.Null(listed[2].LastMessage);
    }

    [Fact]
    public async Task ListConversations_ManyOfOneInstant_EachOnce()
    {
        for (var index = 0; index < 25; index++)
        {
            await StartPairAsync("ann", $"m{index}");
        }

        var listed = await ListAllAsync("ann", limit: 4);

        Assert.Equal(25, listed.Select(conversation => conversation.Id).Distinct().Count());
        Assert.Equal(25, listed.Count);
    }

    [Fact]
    public async Task ListConversations_ActivityBetweenPages_ShowsNothingTwiceAndLosesNothingElse()
    {
        var ids = new List<string>();
        for (var index = 0; index < 6; index++)
        {
            ids.Add(await StartPairAsync("ann", $"m{index}"));
            Time.Advance(TimeSpan.FromSeconds(1));
        }
        var first = await Store.ListConversationsAsync("ann", null, 2, false, Token);
        await SendAsync(ids[0], "m0", "moves to the front");

        var second = await Store.ListConversationsAsync("ann", first.Next, 10, false, Token);

        Assert.Equal([ids[5], ids[4]], first.Conversations.Select(one => one.Id));
        Assert.Equal([ids[3], ids[2], ids[1]], second.Conversations.Select(one => one.Id));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task ListConversations_PositionOfNoList_Throws()
    {
        foreach (var position in new[] { "", "x", "1", "1.", "-1.2", "1.2.3" })
        {
            await Assert.ThrowsAsync<FormatException>(() =>
                Store.ListConversationsAsync("ann", position, 2, false, Token)
            );
        }
    }

    [Fact]
    public async Task ListConversations_UnreadOnly_LeavesTheRestOut()
    {
        var unread = await StartPairAsync("ann", "bob");
        var read = await StartPairAsync("ann", "cid");
        await SendAsync(unread, "bob", "hello");
        await SendAsync(read, "ann", "my own");

        var page = await Store.ListConversationsAsync("ann", null, 10, unreadOnly: true, Token);

        Assert.Equal(unread, Assert.Single(page.Conversations).Id);
    }
}
