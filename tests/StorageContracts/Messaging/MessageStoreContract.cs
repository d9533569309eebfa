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
