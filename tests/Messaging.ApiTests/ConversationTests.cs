using Grpc.Core;
using Platform.Common.V1;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.Messaging.ApiTests;

public class ConversationTests(MessagingFixture fixture) : IClassFixture<MessagingFixture>
{
    private readonly string _ann = NewMember("ann");
    private readonly string _bob = NewMember("bob");
    private readonly string _cid = NewMember("cid");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartConversation_Connected_IsMadeOnceAndFoundFromBothSides()
    {
        fixture.Connections.Connect(_ann, _bob);

        var made = await StartAsync(_ann, _bob);
        var found = await StartAsync(_bob, _ann);

        Assert.True(made.Created);
        Assert.False(found.Created);
        Assert.NotEmpty(made.Revision);
        Assert.Equal(made.Conversation.ConversationId, found.Conversation.ConversationId);
        Assert.Equal(ConversationKind.Pair, made.Conversation.Kind);
        Assert.Equal(
            [_ann, _bob],
            made.Conversation.Members.Select(member => member.MemberId).Order()
        );
    }

    [Fact]
    public async Task StartConversation_NotConnected_IsRefusedAndMakesNothing()
    {
        var refusal = await Refusal.OfAsync(() => StartAsync(_ann, _bob));

        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
        Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        Assert.Equal("platform.messaging.v1", refusal.Info.Domain);
        Assert.Equal(_bob, refusal.Info.Metadata["member_ids"]);
        var listed = await fixture.As(_ann).ListConversationsAsync(new(), cancellationToken: Token);
        Assert.Empty(listed.Conversations);
    }

    [Fact]
    public async Task StartConversation_AfterADisconnect_FindsWhatIsThere()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        fixture.Connections.Disconnect(_ann, _bob);

        var found = await StartAsync(_ann, _bob);

        Assert.Equal(pair, found.Conversation.ConversationId);
        Assert.False(found.Created);
    }

    [Fact]
    public async Task StartConversation_WithOneself_IsRefused()
    {
        var refusal = await Refusal.OfAsync(() => StartAsync(_ann, _ann));

        Assert.Equal(ErrorReason.SelfConversation, refusal.Reason);
    }

    [Fact]
    public async Task StartConversation_RepeatedRequest_GivesTheFirstAnswerAndOtherContentIsRefused()
    {
        fixture.Connections.Connect(_ann, _bob);
        fixture.Connections.Connect(_ann, _cid);
        var request = new StartConversationRequest
        {
            OtherMemberIds = { _bob, _cid },
            Name = "Us",
            RequestId = "r1",
        };

        var first = await fixture
            .As(_ann)
            .StartConversationAsync(request, cancellationToken: Token);
        var again = await fixture
            .As(_ann)
            .StartConversationAsync(request, cancellationToken: Token);
        var other = await Refusal.OfAsync(
            fixture
                .As(_ann)
                .StartConversationAsync(
                    new StartConversationRequest { OtherMemberIds = { _bob }, RequestId = "r1" },
                    cancellationToken: Token
                )
        );

        Assert.Equal(first.Conversation, again.Conversation);
        Assert.True(again.Created);
        Assert.Equal(ErrorReason.RequestIdReused, other.Reason);
    }

    [Fact]
    public async Task ListConversations_ByLastActivity_WithUnreadCountsUntilMarkedRead()
    {
        var withBob = await fixture.StartPairAsync(_ann, _bob);
        var withCid = await fixture.StartPairAsync(_ann, _cid);
        await fixture.SendAsync(withCid, _cid, "first");
        await fixture.SendAsync(withBob, _bob, "one");
        await fixture.SendAsync(withBob, _bob, "two");

        var ann = fixture.As(_ann);
        var listed = await ann.ListConversationsAsync(new(), cancellationToken: Token);
        var counts = await ann.GetUnreadCountsAsync(new(), cancellationToken: Token);
        var marked = await MarkReadAsync(_ann, withBob, 1);
        var again = await MarkReadAsync(_ann, withBob, 1);
        var further = await MarkReadAsync(_ann, withBob, 2);
        var back = await MarkReadAsync(_ann, withBob, 1);
        var beyond = await Refusal.OfAsync(
            ann.MarkReadAsync(
                new MarkReadRequest { ConversationId = withBob, Number = 3 },
                cancellationToken: Token
            )
        );

        Assert.Equal([withBob, withCid], listed.Conversations.Select(one => one.ConversationId));
        Assert.Equal([2L, 1], listed.Conversations.Select(one => one.UnreadCount));
        Assert.Equal("two", listed.Conversations[0].LastMessage.Snippet);
        Assert.Equal((2, 3), (counts.UnreadConversationCount, counts.UnreadMessageCount));
        Assert.Equal((1, 1), (marked.ReadNumber, marked.UnreadCount));
        Assert.Equal((1, 1), (again.ReadNumber, again.UnreadCount));
        Assert.Equal((2, 0), (further.ReadNumber, further.UnreadCount));
        Assert.Equal((2, 0), (back.ReadNumber, back.UnreadCount));
        Assert.Equal(ErrorReason.MessageNotFound, beyond.Reason);
    }

    [Fact]
    public async Task MarkRead_SeveralDevicesAtOnce_EndsAtTheGreatestAndNeverMovesBack()
    {
        const int Messages = 40;
        var pair = await fixture.StartPairAsync(_ann, _bob);
        for (var index = 0; index < Messages; index++)
        {
            await fixture.SendAsync(pair, index % 4 == 0 ? _ann : _bob, $"text {index}");
        }
        await using var other = await fixture.StartReplicaAsync();
        var devices = new[] { fixture.As(_ann), fixture.With(other.As(_ann)) };

        // one marks the even ones and the other the odd ones, from both ends
        var marks = await Task.WhenAll(
            Enumerable
                .Range(1, Messages)
                .Select(step => step % 4 < 2 ? step : Messages + 1 - step)
                .Select(async number =>
                    (
                        Asked: number,
                        Answer: await devices[number % 2]
                            .MarkReadAsync(
                                new MarkReadRequest { ConversationId = pair, Number = number },
                                cancellationToken: Token
                            )
                    )
                )
        );
        var greatest = marks.Max(mark => mark.Asked);
        var view = (
            await fixture
                .As(_ann)
                .GetConversationAsync(new() { ConversationId = pair }, cancellationToken: Token)
        ).Conversation;

        Assert.All(
            marks,
            mark =>
            {
                Assert.InRange(mark.Answer.ReadNumber, mark.Asked, greatest);
                Assert.Equal(UnreadAfter(mark.Answer.ReadNumber), mark.Answer.UnreadCount);
            }
        );
        Assert.Equal(greatest, view.Members.Single(one => one.MemberId == _ann).ReadNumber);
        Assert.Equal(UnreadAfter(greatest), view.UnreadCount);

        // the first of each four is hers
        static int UnreadAfter(long number) =>
            Enumerable.Range(0, Messages).Count(index => index + 1 > number && index % 4 != 0);
    }

    [Fact]
    public async Task ListConversations_PageByPage_EachOnce()
    {
        var expected = new List<string>();
        for (var index = 0; index < 7; index++)
        {
            expected.Add(await fixture.StartPairAsync(_ann, $"{_bob}.{index}"));
        }
        var listed = new List<string>();
        var request = new ListConversationsRequest { PageSize = 3 };
        do
        {
            var page = await fixture
                .As(_ann)
                .ListConversationsAsync(request, cancellationToken: Token);
            listed.AddRange(page.Conversations.Select(one => one.ConversationId));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        Assert.Equal(expected.Order(), listed.Order());
    }

    [Fact]
    public async Task Conversation_OneIsNotIn_AnswersAsIfAbsent()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);
        await fixture.SendAsync(pair, _ann, "secret");
        var eve = fixture.As(_cid);

        foreach (
            var call in new Func<string, Task>[]
            {
                id => eve.GetConversationAsync(new() { ConversationId = id }).ResponseAsync,
                id => eve.ListMessagesAsync(new() { ConversationId = id }).ResponseAsync,
                id => eve.GetMessageAsync(new() { ConversationId = id, Number = 1 }).ResponseAsync,
                id => eve.MarkReadAsync(new() { ConversationId = id, Number = 1 }).ResponseAsync,
                id =>
                    eve.SendMessageAsync(new() { ConversationId = id, Text = "hi" }).ResponseAsync,
                id =>
                    eve.RenameConversationAsync(
                        new() { ConversationId = id, Name = "x" }
                    ).ResponseAsync,
                id => eve.LeaveConversationAsync(new() { ConversationId = id }).ResponseAsync,
                id =>
                    eve.AddConversationMembersAsync(
                        new() { ConversationId = id, AddedMemberIds = { _cid } }
                    ).ResponseAsync,
            }
        )
        {
            var foreign = await Refusal.OfAsync(() => call(pair));
            var absent = await Refusal.OfAsync(() => call("nobody~nowhere"));
            Assert.Equal(ErrorReason.ConversationNotFound, foreign.Reason);
            Assert.Equal(absent.Status, foreign.Status);
        }
    }

    [Fact]
    public async Task Group_SendAddLeave_GoThroughTheGateForAll()
    {
        fixture.Connections.Connect(_ann, _bob);
        fixture.Connections.Connect(_ann, _cid);
        var group = (await StartAsync(_ann, _bob, _cid)).Conversation.ConversationId;
        await fixture.SendAsync(group, _ann, "to both");

        // bob and cid are not connected: what bob says would reach cid
        var refusal = await Refusal.OfAsync(() => fixture.SendAsync(group, _bob, "to ann only?"));
        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
        Assert.Equal(_cid, refusal.Info.Metadata["member_ids"]);
        // a name is read by all as well
        var name = await Refusal.OfAsync(
            fixture
                .As(_bob)
                .RenameConversationAsync(
                    new() { ConversationId = group, Name = "cid, read this" },
                    cancellationToken: Token
                )
        );
        Assert.Equal(
            (ErrorReason.NotFirstDegree, _cid),
            (name.Reason, name.Info.Metadata["member_ids"])
        );

        await fixture
            .As(_cid)
            .LeaveConversationAsync(new() { ConversationId = group }, cancellationToken: Token);
        await fixture.SendAsync(group, _bob, "now it may");
        var stranger = await Refusal.OfAsync(
            fixture
                .As(_bob)
                .AddConversationMembersAsync(
                    new() { ConversationId = group, AddedMemberIds = { _cid } },
                    cancellationToken: Token
                )
        );

        Assert.Equal(ErrorReason.NotFirstDegree, stranger.Reason);
        Assert.Equal(["to both", "", "now it may"], await fixture.TextsAsync(group, _ann));
        var back = await fixture
            .As(_ann)
            .AddConversationMembersAsync(
                new() { ConversationId = group, AddedMemberIds = { _cid } },
                cancellationToken: Token
            );
        Assert.Equal(3, back.Conversation.Members.Count);
        Assert.Equal([""], await fixture.TextsAsync(group, _cid));
    }

    [Fact]
    public async Task Pair_GroupVerbs_AreRefused()
    {
        var pair = await fixture.StartPairAsync(_ann, _bob);

        foreach (
            var call in new Func<Task>[]
            {
                () =>
                    fixture
                        .As(_ann)
                        .LeaveConversationAsync(new() { ConversationId = pair })
                        .ResponseAsync,
                () =>
                    fixture
                        .As(_ann)
                        .RenameConversationAsync(new() { ConversationId = pair })
                        .ResponseAsync,
                () =>
                    fixture
                        .As(_ann)
                        .AddConversationMembersAsync(
                            new() { ConversationId = pair, AddedMemberIds = { _cid } }
                        )
                        .ResponseAsync,
            }
        )
        {
            Assert.Equal(ErrorReason.NotAGroup, (await Refusal.OfAsync(call)).Reason);
        }
    }

    [Fact]
    public async Task StartConversation_FiftyOneMembers_IsFull()
    {
        string[] others = [.. Enumerable.Range(0, 50).Select(index => $"{_bob}.{index}")];
        foreach (var other in others)
        {
            fixture.Connections.Connect(_ann, other);
        }

        var refusal = await Refusal.OfAsync(() => StartAsync(_ann, others));
        var full = await StartAsync(_ann, others[..49]);

        Assert.Equal(ErrorReason.ConversationFull, refusal.Reason);
        Assert.Equal("50", refusal.Info.Metadata["limit"]);
        Assert.Equal(50, full.Conversation.Members.Count);
    }

    internal static string NewMember(string name) => $"{name}-{Guid.NewGuid():n}";

    private async Task<StartConversationResponse> StartAsync(
        string member,
        params string[] others
    ) =>
        await fixture
            .As(member)
            .StartConversationAsync(
                new StartConversationRequest { OtherMemberIds = { others } },
                cancellationToken: Token
            );

    private async Task<MarkReadResponse> MarkReadAsync(
        string member,
        string conversation,
        long number
    ) =>
        await fixture
            .As(member)
            .MarkReadAsync(
                new MarkReadRequest { ConversationId = conversation, Number = number },
                cancellationToken: Token
            );
}
