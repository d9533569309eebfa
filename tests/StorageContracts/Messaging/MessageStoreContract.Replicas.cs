using System.Globalization;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.Tests.Messaging.UnitTests;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>Several processes on one store, and processes that are killed.</summary>
public abstract partial class MessageStoreContract
{
    private const int Replicas = 4;

    [Fact]
    public async Task Append_EachRequestByAllReplicasAtOnce_NumbersWithoutGapsEachOnce()
    {
        const int Requests = 60;
        var pair = await StartPairAsync("ann", "bob");

        var results = await OnReplicasAsync(
            async (store, replica) =>
            {
                var mine = new Dictionary<int, AppendResult>();
                // each begins elsewhere, so that they meet on some requests and race with others for most numbers
                foreach (var index in Enumerable.Range(0, Requests))
                {
                    var request = (index + (replica % 2 * Requests / 2)) % Requests;
                    mine[request] = await store.AppendAsync(
                        Draft(pair, request % 2 == 0 ? "ann" : "bob", $"text {request}") with
                        {
                            RequestId = $"r{request}",
                            Fingerprint = $"f{request}",
                        },
                        Token
                    );
                }
                return mine;
            }
        );

        for (var request = 0; request < Requests; request++)
        {
            var ofOne = results.Select(mine => mine[request]).ToArray();
            Assert.Single(ofOne, result => result.Outcome == AppendOutcome.Stored);
            Assert.Equal(
                Replicas - 1,
                ofOne.Count(result => result.Outcome == AppendOutcome.Repeated)
            );
            Assert.Single(ofOne.Select(result => (result.Number, result.CreateTime)).Distinct());
        }
        var stored = await ReadAllAsync(pair, "ann", newestFirst: false, limit: 7);
        Assert.Equal(
            Enumerable.Range(1, Requests).Select(number => (long)number),
            stored.Select(message => message.Number)
        );
        Assert.All(
            stored,
            message =>
            {
                var request = int.Parse(message.Text[5..], CultureInfo.InvariantCulture);
                Assert.Equal(message.Number, results[0][request].Number);
            }
        );
        Assert.Equal(Requests / 2, (await FindAsync(pair, "bob")).UnreadCount);
        Assert.Equal(Requests / 2, (await FindAsync(pair, "ann")).UnreadCount);
    }

    [Fact]
    public async Task Append_MembersChangeMeanwhile_IsReadByNobodyForWhomItWasNotAllowed()
    {
        const int Each = 30;
        var group = await StartGroupAsync("ann", "bob");

        await OnReplicasAsync(
            async (store, replica) =>
            {
                var stored = 0;
                for (var index = 0; stored < Each; index++)
                {
                    var (sender, kind) = (replica, index % 3) switch
                    {
                        (0, 0) => ("ann", MessageKind.MembersAdded),
                        (0, 1) => ("cid", MessageKind.MemberLeft),
                        _ => (replica % 2 == 0 ? "ann" : "bob", MessageKind.Text),
                    };
                    var preparation = await store.PrepareAsync(group, sender, "", Token);
                    var members = preparation.Membership!;
                    if (kind == MessageKind.MembersAdded && members.MemberIds.Contains("cid"))
                    {
                        continue;
                    }
                    var result = await store.AppendAsync(
                        Draft(group, sender, MembersText(members.MemberIds)) with
                        {
                            Kind = kind,
                            AffectedMemberIds = kind == MessageKind.MembersAdded ? ["cid"] : [],
                            MembershipVersion = members.Version,
                        },
                        Token
                    );
                    stored += result.Outcome == AppendOutcome.Stored ? 1 : 0;
                }
                return stored;
            }
        );

        var present = new HashSet<string> { "ann", "bob" };
        var messages = await ReadAllAsync(group, "ann", newestFirst: false);
        Assert.Equal(
            Enumerable.Range(1, Replicas * Each).Select(number => (long)number),
            messages.Select(message => message.Number)
        );
        foreach (var message in messages)
        {
            Assert.Equal(MembersText(present), message.Text);
            present.UnionWith(message.AffectedMemberIds);
            if (message.Kind == MessageKind.MemberLeft)
            {
                present.Remove(message.SenderId);
            }
        }
        Assert.Equal(
            MembersText(present),
            MembersText((await FindAsync(group, "ann")).Members.Select(one => one.MemberId))
        );
    }

    [Fact]
    public async Task Reads_WhileReplicasAppend_SeeEachMessageWithAllThatFollowsFromIt()
    {
        const int Each = 40;
        var pair = await StartPairAsync("ann", "bob");
        var elsewhere = await StartPairAsync("bob", "cid");
        var reader = await OpenAnotherAsync();
        var sending = OnReplicasAsync(
            async (store, replica) =>
            {
                for (var index = 0; index < Each; index++)
                {
                    await store.AppendAsync(Draft(pair, "ann", $"{replica}.{index}"), Token);
                }
                return replica;
            }
        );

        long seen = 0;
        while (seen < Replicas * Each)
        {
            // bob reads nothing and says nothing: whatever number he sees, so many are unread
            var view = (await reader.FindConversationAsync(pair, "bob", Token))!;
            Assert.Equal(view.LastNumber, view.UnreadCount);
            Assert.Equal(view.LastNumber, view.LastMessage?.Number ?? 0);
            Assert.InRange(view.LastNumber, seen, long.MaxValue);
            var page = await reader.ReadMessagesAsync(
                pair,
                "bob",
                new MessageRange(1, false, Replicas * Each, int.MaxValue),
                Token
            );
            Assert.InRange(page!.LastNumber, view.LastNumber, long.MaxValue);
            Assert.Equal(
                Enumerable.Range(1, (int)page.LastNumber).Select(number => (long)number),
                page.Messages.Select(message => message.Number)
            );
            var list = await reader.ListConversationsAsync("bob", null, 10, false, Token);
            Assert.Equal([pair, elsewhere], ByIdOf(list).Order(StringComparer.Ordinal));
            var listed = list.Conversations.Single(one => one.Id == pair);
            Assert.Equal(listed.LastNumber, listed.UnreadCount);
            Assert.InRange(listed.LastNumber, page.LastNumber, long.MaxValue);
            var counts = await reader.CountUnreadAsync("bob", Token);
            Assert.InRange(counts.Messages, listed.LastNumber, long.MaxValue);
            seen = page.LastNumber;
        }

        await sending;
        Assert.Equal(
            new UnreadCounts(1, Replicas * Each),
            await reader.CountUnreadAsync("bob", Token)
        );
    }

    [Fact]
    public async Task MarkRead_WhileReplicasAppend_CountsWhatIsAfterTheMark()
    {
        const int Each = 25;
        var group = await StartGroupAsync("ann", "bob", "cid");

        await OnReplicasAsync(
            async (store, replica) =>
            {
                for (var index = 1; index <= Each; index++)
                {
                    await store.AppendAsync(
                        Draft(group, replica % 2 == 0 ? "ann" : "bob", "text"),
                        Token
                    );
                    await store.MarkReadAsync(group, "bob", index, Start, Token);
                    await store.MarkReadAsync(group, "cid", replica + index, Start, Token);
                }
                return replica;
            }
        );

        var messages = await ReadAllAsync(group, "ann", newestFirst: false);
        foreach (var name in new[] { "ann", "bob", "cid" })
        {
            var view = await FindAsync(group, name);
            Assert.Equal(
                messages.Count(message =>
                    message.Number > view.ReadNumber && message.SenderId != name
                ),
                view.UnreadCount
            );
        }
        Assert.Equal(Replicas * Each, messages.Count);
    }

    [Fact]
    public async Task Start_SameRequestByAllReplicasAtOnce_IsMadeOnceWithOneAnswer()
    {
        var request = Pair("ann", "bob") with
        {
            Id = ConversationIds.OfGroup("ann", "r1", "f1"),
            Kind = ConversationKind.Group,
            OtherMemberIds = ["bob", "cid"],
            RequestId = "r1",
            Fingerprint = "f1",
        };

        var started = await OnReplicasAsync((store, _) => store.StartAsync(request, Token));

        Assert.All(
            started,
            one => Assert.Equal(new StartedConversation(request.Id, Created: true, "f1"), one)
        );
        Assert.Equal(started[0], await Store.FindStartAsync("ann", "r1", Token));
        Assert.Single(await ListAllAsync("ann", limit: 10));
    }

    [Fact]
    public async Task Start_OneRequestIdForDifferentContent_MakesOneConversation()
    {
        var started = await OnReplicasAsync(
            (store, replica) =>
                store.StartAsync(
                    Pair("ann", $"m{replica}") with
                    {
                        RequestId = "r1",
                        Fingerprint = $"f{replica}",
                    },
                    Token
                )
        );

        var one = Assert.Single(await ListAllAsync("ann", limit: 10));
        Assert.All(started, outcome => Assert.Equal(one.Id, outcome.ConversationId));
        Assert.Single(started.Select(outcome => outcome.Fingerprint).Distinct());
    }

    [Fact]
    public async Task Start_RequestThatFoundOne_SaysSoAgain()
    {
        await StartPairAsync("bob", "ann");
        var request = Pair("ann", "bob") with { RequestId = "r1", Fingerprint = "f1" };

        var first = await Store.StartAsync(request, Token);

        Assert.False(first.Created);
        Assert.Equal(first, await Store.StartAsync(request, Token));
        Assert.Equal(first, await Store.FindStartAsync("ann", "r1", Token));
    }

    [Fact]
    public async Task Start_RequestIdAfterItsDay_IsAnotherStart()
    {
        var request = Pair("ann", "bob") with { RequestId = "r1", Fingerprint = "f1" };
        Assert.True((await Store.StartAsync(request, Token)).Created);
        Time.Advance(TimeSpan.FromHours(24));

        var again = await Store.StartAsync(request with { Time = Time.GetUtcNow() }, Token);
        Time.Advance(TimeSpan.FromHours(24));
        var other = await Store.StartAsync(
            Pair("ann", "cid") with
            {
                RequestId = "r1",
                Fingerprint = "f2",
                Time = Time.GetUtcNow(),
            },
            Token
        );

        Assert.False(again.Created);
        Assert.Equal((true, "f2"), (other.Created, other.Fingerprint));
    }

    [Fact]
    public async Task Send_KilledBetweenStoreAndReply_RetryElsewhereGivesThatMessage()
    {
        var pair = await StartPairAsync("ann", "bob");
        await SendAsync(pair, "bob", "before");
        await Assert.ThrowsAsync<KilledException>(() =>
            SendByHandlerAsync(new KilledMessageStore(Store), pair, "once", "r1")
        );
        Time.Advance(TimeSpan.FromSeconds(3));
        var survivor = await OpenAnotherAsync();

        var retried = await SendByHandlerAsync(survivor, pair, "once", "r1");
        var next = await SendByHandlerAsync(survivor, pair, "next", "r2");
        var late = await SendByHandlerAsync(await OpenAnotherAsync(), pair, "once", "r1");

        Assert.Equal((2, Start), (retried.Number, retried.CreateTime));
        Assert.Equal(3, next.Number);
        Assert.Equal((2, Start), (late.Number, late.CreateTime));
        Assert.Equal(
            ["before", "once", "next"],
            (await ReadAllAsync(pair, "bob", newestFirst: false)).Select(message => message.Text)
        );
        Assert.Equal(2, (await FindAsync(pair, "bob")).UnreadCount);
    }

    [Fact]
    public async Task Send_KilledAndNeverRepeated_IsThereForEverybody()
    {
        var pair = await StartPairAsync("ann", "bob");
        await StartPairAsync("bob", "cid");
        Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<KilledException>(() =>
            SendByHandlerAsync(new KilledMessageStore(Store), pair, "alone", "")
        );
        var survivor = await OpenAnotherAsync();

        var list = await survivor.ListConversationsAsync("bob", null, 1, true, Token);

        Assert.Equal(
            ("alone", 1),
            (list.Conversations[0].LastMessage!.Snippet, list.Conversations[0].UnreadCount)
        );
        Assert.Equal(new UnreadCounts(1, 1), await survivor.CountUnreadAsync("bob", Token));
        Assert.Equal(
            new ReadMark(1, 0),
            await survivor.MarkReadAsync(pair, "bob", 1, Start, Token)
        );
        Assert.Equal("alone", Assert.Single((await ReadAsync(pair, "bob")).Messages).Text);
    }

    [Fact]
    public async Task Group_KilledBetweenStoreAndReply_ChangesOnce()
    {
        var creation = Request("", "ann", "start");
        await Assert.ThrowsAsync<KilledException>(() =>
            StartByHandlerAsync(new KilledMessageStore(Store), creation)
        );
        var started = await StartByHandlerAsync(await OpenAnotherAsync(), creation);
        var group = started.Conversation.Id;
        var add = Request(group, "ann", "add");
        var leave = Request(group, "bob", "leave");

        await Assert.ThrowsAsync<KilledException>(() =>
            Conversations(new KilledMessageStore(Store)).AddMembersAsync(add, ["dan"], "", Token)
        );
        await Conversations(await OpenAnotherAsync()).AddMembersAsync(add, ["dan"], "", Token);
        await Assert.ThrowsAsync<KilledException>(() =>
            Conversations(new KilledMessageStore(Store)).LeaveAsync(leave, Token)
        );
        await Conversations(await OpenAnotherAsync()).LeaveAsync(leave, Token);

        Assert.True(started.Created);
        var ann = Assert.Single(await ListAllAsync("ann", limit: 10));
        Assert.Equal(["ann", "cid", "dan"], ann.Members.Select(member => member.MemberId));
        Assert.Equal(
            [MessageKind.MembersAdded, MessageKind.MemberLeft],
            (await ReadAllAsync(group, "dan", newestFirst: false)).Select(message => message.Kind)
        );
    }

    private async Task<T[]> OnReplicasAsync<T>(Func<IMessageStore, int, Task<T>> work)
    {
        var stores = new List<IMessageStore>();
        for (var replica = 0; replica < Replicas; replica++)
        {
            stores.Add(await OpenAnotherAsync());
        }
        return await Task.WhenAll(
            stores.Select((store, replica) => Task.Run(() => work(store, replica), Token))
        );
    }

    private Task<StoredMessage> SendByHandlerAsync(
        IMessageStore store,
        string conversation,
        string text,
        string requestId
    ) =>
        new MessagingParts(store, new OpenGate(), Time).Messages.SendAsync(
            Request(conversation, "ann", requestId),
            text,
            links: [],
            atLeastRevision: "",
            Token
        );

    private Task<StartedView> StartByHandlerAsync(IMessageStore store, AppendRequest request) =>
        Conversations(store)
            .StartAsync(
                request.SenderId,
                ["bob", "cid"],
                "Us",
                request.RequestId,
                request.Fingerprint,
                "",
                Token
            );

    private ConversationsHandler Conversations(IMessageStore store) =>
        new MessagingParts(store, new OpenGate(), Time).Conversations;

    private static AppendRequest Request(string conversation, string sender, string requestId) =>
        new(conversation, sender, requestId, requestId.Length == 0 ? "" : $"of {requestId}");

    private static IEnumerable<string> ByIdOf(ConversationPage page) =>
        page.Conversations.Select(one => one.Id);

    private static string MembersText(IEnumerable<string> members) =>
        string.Join(' ', members.Order(StringComparer.Ordinal));
}
