using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage.Sqlite;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class AppenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)
    );
    private readonly SqliteDatabase _database;
    private readonly ScriptedGate _gate = new();
    private readonly MessagesHandler _messages;
    private readonly ConversationsHandler _conversations;
    private readonly ConversationsHandler _behindTheBack;

    public AppenderTests()
    {
        _database = SqliteMessageStore.Open(_folder.File("messages.db"));
        var store = new SqliteMessageStore(_database, _time);
        var parts = new MessagingParts(store, _gate, _time);
        (_messages, _conversations) = (parts.Messages, parts.Conversations);
        _behindTheBack = new MessagingParts(store, new ScriptedGate(), _time).Conversations;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Send_SomebodyComesInWhileTheGateIsAsked_IsAskedAgainForThem()
    {
        var group = await StartAsync("bob", "cid");
        _gate.Asked.Clear();
        _gate.WhileAsked = call =>
            call == 1 ? AddBehindTheBackAsync(group, "dan") : Task.CompletedTask;

        var message = await SendAsync(group);

        Assert.Equal(
            [
                ["bob", "cid"],
                ["bob", "cid", "dan"],
            ],
            _gate.Asked
        );
        Assert.Equal(2, message.Number);
    }

    [Fact]
    public async Task Send_AStrangerComesInWhileTheGateIsAsked_IsRefusedAndStoresNothing()
    {
        var group = await StartAsync("bob", "cid");
        _gate.Asked.Clear();
        _gate.Strangers.Add("eve");
        _gate.WhileAsked = call =>
            call == 1 ? AddBehindTheBackAsync(group, "eve") : Task.CompletedTask;

        var refusal = await Assert.ThrowsAsync<DomainException>(() => SendAsync(group));

        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
        var page = await _messages.ListAsync(group, "eve", 0, newestFirst: true, 10, Token);
        Assert.Equal(MessageKind.MembersAdded, Assert.Single(page.Messages).Kind);
    }

    [Fact]
    public async Task Send_MembersKeepChanging_IsContention()
    {
        var group = await StartAsync("bob", "cid");
        _gate.Asked.Clear();
        _gate.WhileAsked = call => AddBehindTheBackAsync(group, $"m{call}");

        var refusal = await Assert.ThrowsAsync<DomainException>(() => SendAsync(group));

        Assert.Equal(ErrorReason.Contention, refusal.Reason);
    }

    [Fact]
    public async Task Send_SenderLeavesWhileTheGateIsAsked_IsAsIfAbsent()
    {
        var group = await StartAsync("bob", "cid");
        _gate.Asked.Clear();
        _gate.WhileAsked = call =>
            call == 1
                ? _behindTheBack.LeaveAsync(new AppendRequest(group, "ann", "", ""), Token)
                : Task.CompletedTask;

        var refusal = await Assert.ThrowsAsync<DomainException>(() => SendAsync(group));

        Assert.Equal(ErrorReason.ConversationNotFound, refusal.Reason);
    }

    [Fact]
    public async Task AddMembers_WhoAreInAlready_ChangesAndAsksNothing()
    {
        var group = await StartAsync("bob", "cid");
        _gate.Asked.Clear();

        var view = await _conversations.AddMembersAsync(
            new AppendRequest(group, "ann", "", ""),
            ["bob", "ann", "cid"],
            "",
            Token
        );

        Assert.Empty(_gate.Asked);
        Assert.Equal((3, 0), (view.Members.Count, view.LastNumber));
    }

    [Fact]
    public async Task AddMembers_BeyondFifty_IsFullAndAddsNobody()
    {
        var group = await StartAsync("bob", "cid");

        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            _conversations.AddMembersAsync(
                new AppendRequest(group, "ann", "", ""),
                [.. Enumerable.Range(0, 48).Select(index => $"m{index}")],
                "",
                Token
            )
        );

        Assert.Equal(ErrorReason.ConversationFull, refusal.Reason);
        Assert.Equal(3, (await _conversations.GetAsync(group, "ann", Token)).Members.Count);
    }

    [Fact]
    public async Task AddMembers_AfterAThousandHaveLeft_IsFullAndAddsNobody()
    {
        var group = await StartAsync("bob", "cid");
        for (var number = 0; number < ConversationsHandler.MaxFormerMembers; number++)
        {
            await AddBehindTheBackAsync(group, $"m{number}");
            await _conversations.LeaveAsync(new AppendRequest(group, $"m{number}", "", ""), Token);
        }

        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            AddBehindTheBackAsync(group, "dan")
        );

        Assert.Equal(ErrorReason.ConversationFull, refusal.Reason);
        Assert.Equal(3, (await _conversations.GetAsync(group, "ann", Token)).Members.Count);
    }

    private async Task<string> StartAsync(params string[] others) =>
        (await _conversations.StartAsync("ann", others, "", "", "", "", Token)).Conversation.Id;

    private Task<StoredMessage> SendAsync(string group) =>
        _messages.SendAsync(new AppendRequest(group, "ann", "", ""), "hello", [], "", Token);

    private Task AddBehindTheBackAsync(string group, string added) =>
        _behindTheBack.AddMembersAsync(new AppendRequest(group, "bob", "", ""), [added], "", Token);
}
