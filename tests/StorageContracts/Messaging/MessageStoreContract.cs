using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>What <see cref="IMessageStore"/> promises. An engine subclasses it and says how to open its store.</summary>
public abstract partial class MessageStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private readonly List<IMessageStore> _others = [];
    private IMessageStore _store = null!;

    /// <summary>The clock of the store.</summary>
    protected FakeTimeProvider Time { get; } = new(Start);

    /// <summary>The store of the test.</summary>
    protected IMessageStore Store => _store;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens the store of this test; called again it opens the same one anew, as another process would.</summary>
    protected abstract Task<IMessageStore> OpenAsync();

    /// <summary>Closes a store opened before.</summary>
    protected abstract Task CloseAsync(IMessageStore store);

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var store in _others.Append(_store))
        {
            // null where the test was skipped before there was one
            if (store is not null)
            {
                await CloseAsync(store);
            }
        }
        await CloseAllAsync();
    }

    /// <summary>Ends what the test used beside its stores.</summary>
    protected virtual Task CloseAllAsync() => Task.CompletedTask;

    /// <summary>The store again, as another replica has it.</summary>
    protected async Task<IMessageStore> OpenAnotherAsync()
    {
        var store = await OpenAsync();
        _others.Add(store);
        return store;
    }

    [Fact]
    public async Task Append_FirstMessages_AreNumberedFromOne()
    {
        var pair = await StartPairAsync("ann", "bob");

        var first = await SendAsync(pair, "ann", "one");
        var second = await SendAsync(pair, "bob", "two");

        Assert.Equal((AppendOutcome.Stored, 1), (first.Outcome, first.Number));
        Assert.Equal((AppendOutcome.Stored, 2), (second.Outcome, second.Number));
        var page = await ReadAsync(pair, "bob");
        Assert.Equal(["one", "two"], page.Messages.Select(message => message.Text));
        Assert.Equal(["ann", "bob"], page.Messages.Select(message => message.SenderId));
        Assert.Equal(2, page.LastNumber);
    }

    [Fact]
    public async Task Append_ManyWritersOfBothMembers_NumbersWithoutGapsEachOnce()
    {
        const int Writers = 8;
        const int Each = 60;
        var pair = await StartPairAsync("ann", "bob");
        var other = await StartPairAsync("ann", "cid");

        var numbers = await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(writer =>
                    Task.Run(
                        async () =>
                        {
                            var mine = new List<long>();
                            for (var index = 0; index < Each; index++)
                            {
                                var sender = writer % 2 == 0 ? "ann" : "bob";
                                mine.Add(
                                    (await SendAsync(pair, sender, $"{writer}.{index}")).Number
                                );
                                await SendAsync(other, "ann", "elsewhere");
                            }
                            return mine;
                        },
                        Token
                    )
                )
        );

        Assert.Equal(
            Enumerable.Range(1, Writers * Each).Select(number => (long)number),
            numbers.SelectMany(mine => mine).Order()
        );
        // each writer's own are in the order in which it sent them
        Assert.All(numbers, mine => Assert.Equal(mine.Order(), mine));
        var stored = await ReadAllAsync(pair, "ann", newestFirst: false);
        Assert.Equal(
            Enumerable.Range(1, Writers * Each).Select(number => (long)number),
            stored.Select(message => message.Number)
        );
        Assert.Equal(Writers * Each, stored.Select(message => message.Text).Distinct().Count());
        Assert.Equal(Writers * Each / 2, (await FindAsync(pair, "bob")).UnreadCount);
    }

    [Fact]
    public async Task Append_RepeatedRequest_StoresOnceAndGivesTheFirstAnswer()
    {
        var pair = await StartPairAsync("ann", "bob");
        var first = await SendAsync(pair, "ann", "once", "r1");
        Time.Advance(TimeSpan.FromMinutes(5));
        await SendAsync(pair, "bob", "between");

        var again = await SendAsync(pair, "ann", "once", "r1");

        Assert.Equal(AppendOutcome.Repeated, again.Outcome);
        Assert.Equal((first.Number, first.CreateTime), (again.Number, again.CreateTime));
        Assert.Equal(2, (await ReadAsync(pair, "ann")).LastNumber);
    }

    [Fact]
    public async Task Append_RepeatedRequestByManyAtOnce_StoresOnce()
    {
        var pair = await StartPairAsync("ann", "bob");

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ => Task.Run(() => SendAsync(pair, "ann", "once", "r1"), Token))
        );

        Assert.Single(results, result => result.Outcome == AppendOutcome.Stored);
        Assert.All(results, result => Assert.Equal(1, result.Number));
        Assert.Equal(1, (await ReadAsync(pair, "ann")).LastNumber);
    }

    [Fact]
    public async Task Append_RequestIdWithOtherContent_IsReusedAndStoresNothing()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "ann", "once", "r1");

        var other = await SendAsync(pair, "ann", "something else", "r1");

        Assert.Equal(AppendOutcome.RequestReused, other.Outcome);
        Assert.Equal(1, (await ReadAsync(pair, "ann")).LastNumber);
    }

    [Fact]
    public async Task Append_SameRequestIdOfTheOtherMemberOrConversation_IsAnotherRequest()
    {
        var pair = await StartPairAsync("ann", "bob");
        var other = await StartPairAsync("ann", "cid");

        var outcomes = new[]
        {
            await SendAsync(pair, "ann", "x", "r1"),
            await SendAsync(pair, "bob", "y", "r1"),
            await SendAsync(other, "ann", "z", "r1"),
        };

        Assert.All(outcomes, result => Assert.Equal(AppendOutcome.Stored, result.Outcome));
    }

    [Fact]
    public async Task Append_MembersChangedSince_StoresNothing()
    {
        var group = await StartGroupAsync("ann", "bob");
        var before = (await Store.PrepareAsync(group, "ann", "", Token)).Membership!;
        await AddAsync(group, "ann", "cid");

        var result = await Store.AppendAsync(
            Draft(group, "ann", "for bob only") with
            {
                MembershipVersion = before.Version,
            },
            Token
        );

        Assert.Equal(AppendOutcome.MembershipChanged, result.Outcome);
        Assert.Equal(1, (await ReadAsync(group, "ann")).LastNumber);
    }

    [Fact]
    public async Task Append_ConversationThatIsNot_StoresNothing()
    {
        var result = await Store.AppendAsync(Draft("ann~nobody", "ann", "lost"), Token);

        Assert.Equal(AppendOutcome.MembershipChanged, result.Outcome);
        Assert.Null(await Store.FindConversationAsync("ann~nobody", "ann", Token));
    }

    [Fact]
    public async Task Append_ClockStepsBack_TimesDoNot()
    {
        var pair = await StartPairAsync("ann", "bob");
        var first = await SendAsync(pair, "ann", "now");

        var result = await Store.AppendAsync(
            Draft(pair, "ann", "earlier") with
            {
                Time = Start - TimeSpan.FromHours(1),
            },
            Token
        );

        Assert.Equal(first.CreateTime, result.CreateTime);
    }

    [Fact]
    public async Task Append_LinksAndLongText_ComeBackAsTheyWere()
    {
        var pair = await StartPairAsync("ann", "bob");
        var text = string.Concat(Enumerable.Repeat("\U0001F44B é\n\t'\"\\", 800));
        MessageLink[] links =
        [
            new("https://example.org/?a=1&b=ü", "A \"title\""),
            new("https://example.org/2", ""),
        ];

        await Store.AppendAsync(Draft(pair, "ann", text) with { Links = links }, Token);

        var message = Assert.Single((await ReadAsync(pair, "bob")).Messages);
        Assert.Equal(text, message.Text);
        Assert.Equal(links, message.Links);
        Assert.Null(message.EditTime);
        Assert.Null(message.DeleteTime);
    }

    [Fact]
    public async Task Append_AfterReopening_GoesOnWithTheNextNumber()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "ann", "one", "r1");
        await CloseAsync(_store);
        _store = await OpenAsync();

        Assert.Equal(AppendOutcome.Repeated, (await SendAsync(pair, "ann", "one", "r1")).Outcome);
        Assert.Equal(2, (await SendAsync(pair, "bob", "two")).Number);
    }

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

    [Fact]
    public async Task Group_MembersAddedLeavingAndRenamed_AreNumberedMessagesWithTheirEffect()
    {
        var group = await StartGroupAsync("ann", "bob");
        await SendAsync(group, "ann", "before cid");
        await AddAsync(group, "bob", "cid");
        await SendAsync(group, "ann", "after");
        await ChangeAsync(group, "bob", new MessageDraft { Kind = MessageKind.MemberLeft });
        await ChangeAsync(
            group,
            "ann",
            new MessageDraft { Kind = MessageKind.Renamed, Text = "Us" }
        );

        var cid = await FindAsync(group, "cid");
        Assert.Equal(["ann", "cid"], cid.Members.Select(member => member.MemberId));
        Assert.Equal("bob", cid.Members[1].AddedById);
        Assert.Equal(("Us", 5, 2), (cid.Name, cid.LastNumber, cid.FirstNumber));
        Assert.Equal(4, cid.UnreadCount);
        Assert.Null(await Store.FindConversationAsync(group, "bob", Token));
        Assert.Empty(
            (await Store.ListConversationsAsync("bob", null, 10, false, Token)).Conversations
        );
        Assert.Equal(
            [2L, 3, 4, 5],
            (await ReadAllAsync(group, "cid", newestFirst: false)).Select(message => message.Number)
        );
        Assert.Equal(
            [5L, 4, 3, 2],
            (await ReadAllAsync(group, "cid", newestFirst: true, limit: 2)).Select(message =>
                message.Number
            )
        );
        Assert.Equal(
            [
                MessageKind.Text,
                MessageKind.MembersAdded,
                MessageKind.Text,
                MessageKind.MemberLeft,
                MessageKind.Renamed,
            ],
            (await ReadAllAsync(group, "ann", newestFirst: false)).Select(message => message.Kind)
        );
        Assert.Equal(
            ["cid"],
            (await ReadAllAsync(group, "ann", newestFirst: false))[1].AffectedMemberIds
        );
    }

    [Fact]
    public async Task Group_RepeatedLeave_IsFoundThoughTheMemberIsGone()
    {
        var group = await StartGroupAsync("ann", "bob");
        var leave = new MessageDraft
        {
            Kind = MessageKind.MemberLeft,
            RequestId = "r1",
            Fingerprint = "f1",
        };
        await ChangeAsync(group, "bob", leave);

        var preparation = await Store.PrepareAsync(group, "bob", "r1", Token);

        Assert.Null(preparation.Membership);
        Assert.Equal((1, "f1"), (preparation.Earlier!.Number, preparation.Earlier.Fingerprint));
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

    private NewConversation Pair(string creator, string other) =>
        new(
            ConversationIds.OfPair(creator, other),
            ConversationKind.Pair,
            "",
            creator,
            [other],
            "",
            "",
            Time.GetUtcNow()
        );

    private async Task<string> StartPairAsync(string creator, string other) =>
        (await Store.StartAsync(Pair(creator, other), Token)).ConversationId;

    private async Task<string> StartGroupAsync(string creator, params string[] others) =>
        (
            await Store.StartAsync(
                Pair(creator, others[0]) with
                {
                    Id = ConversationIds.OfGroup(creator, "", ""),
                    Kind = ConversationKind.Group,
                    OtherMemberIds = others,
                },
                Token
            )
        ).ConversationId;

    private MessageDraft Draft(string conversation, string sender, string text) =>
        new()
        {
            ConversationId = conversation,
            SenderId = sender,
            Kind = MessageKind.Text,
            Text = text,
            Time = Time.GetUtcNow(),
        };

    private Task<AppendResult> SendAsync(
        string conversation,
        string sender,
        string text,
        string requestId = ""
    ) =>
        ChangeAsync(
            conversation,
            sender,
            new MessageDraft
            {
                Kind = MessageKind.Text,
                Text = text,
                RequestId = requestId,
                Fingerprint = requestId.Length == 0 ? "" : text,
            }
        );

    private Task<AppendResult> AddAsync(string conversation, string sender, string added) =>
        ChangeAsync(
            conversation,
            sender,
            new MessageDraft { Kind = MessageKind.MembersAdded, AffectedMemberIds = [added] }
        );

    private async Task<AppendResult> ChangeAsync(
        string conversation,
        string sender,
        MessageDraft draft
    )
    {
        var preparation = await Store.PrepareAsync(conversation, sender, "", Token);
        return await Store.AppendAsync(
            draft with
            {
                ConversationId = conversation,
                SenderId = sender,
                Time = Time.GetUtcNow(),
                MembershipVersion = preparation.Membership!.Version,
            },
            Token
        );
    }

    private async Task SendManyAsync(string pair, int count)
    {
        for (var index = 0; index < count; index++)
        {
            await SendAsync(pair, index % 3 == 0 ? "bob" : "ann", $"text {index}");
        }
    }

    private async Task<ConversationView> FindAsync(string conversation, string member) =>
        (await Store.FindConversationAsync(conversation, member, Token))!;

    private async Task<MessagePage> ReadAsync(string conversation, string member) =>
        (
            await Store.ReadMessagesAsync(
                conversation,
                member,
                new MessageRange(0, false, 100, int.MaxValue),
                Token
            )
        )!;

    private async Task<List<StoredMessage>> ReadAllAsync(
        string conversation,
        string member,
        bool newestFirst,
        int limit = 100
    )
    {
        var all = new List<StoredMessage>();
        long? next = 0;
        while (next is { } start)
        {
            var page = await Store.ReadMessagesAsync(
                conversation,
                member,
                new MessageRange(start, newestFirst, limit, int.MaxValue),
                Token
            );
            all.AddRange(page!.Messages);
            next = page.NextNumber;
        }
        return all;
    }

    private async Task<List<ConversationView>> ListAllAsync(string member, int limit)
    {
        var all = new List<ConversationView>();
        string? next = null;
        do
        {
            var page = await Store.ListConversationsAsync(member, next, limit, false, Token);
            all.AddRange(page.Conversations);
            next = page.Next;
        } while (next is not null);
        return all;
    }
}
