using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Messaging;
using Platform.Messaging.Connections;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>Messaging with the connections service itself: what a member does there counts from the next call on.</summary>
public sealed class WithConnectionsTests : IAsyncLifetime
{
    private readonly TestIdentity _identity = new();
    private readonly TemporaryFolder _folder = new();
    private RunningService _connections = null!;
    private RunningService _messaging = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connections = await RunningService.StartAsync(
            ConnectionsApp.Build,
            _identity,
            [new("Storage:Path", _folder.File("connections.db"))]
        );
        _messaging = await RunningService.StartAsync(
            MessagingApp.Build,
            _identity,
            [
                new("Storage:Path", _folder.File("messaging.db")),
                new("Services:Connections:Address", _connections.Address),
                new("Gate:Timeout", "00:00:10"),
            ]
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _messaging.DisposeAsync();
        await _connections.DisposeAsync();
        _folder.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task SendMessage_AcrossInvitationAcceptAndRemoval_FollowsTheConnection()
    {
        var beforeAll = await Refusal.OfAsync(() => StartAsync("ann", "bob"));
        var invitation = await new InvitationsService.InvitationsServiceClient(
            _connections.As("ann")
        ).SendInvitationAsync(
            new SendInvitationRequest { InviteeId = "bob" },
            cancellationToken: Token
        );
        var whilePending = await Refusal.OfAsync(() => StartAsync("ann", "bob"));

        var accepted = await AcceptAsync("bob", invitation.Invitation.InvitationId);
        var pair = await StartAsync("ann", "bob");
        var sent = await SendAsync("ann", pair, "hello", accepted.Revision);
        await SendAsync("bob", pair, "hello yourself");
        await new ConnectionsService.ConnectionsServiceClient(
            _connections.As("bob")
        ).RemoveConnectionAsync(
            new RemoveConnectionRequest { OtherId = "ann" },
            cancellationToken: Token
        );
        var afterwards = await Refusal.OfAsync(() => SendAsync("ann", pair, "still there?"));
        var bobToo = await Refusal.OfAsync(() => SendAsync("bob", pair, "no"));
        var history = await Client("ann")
            .ListMessagesAsync(
                new ListMessagesRequest { ConversationId = pair, Order = MessageOrder.OldestFirst },
                cancellationToken: Token
            );

        Assert.All(
            new[] { beforeAll, whilePending, afterwards, bobToo },
            refusal => Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason)
        );
        Assert.Equal(1, sent.Number);
        Assert.Equal(["hello", "hello yourself"], history.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task SendMessage_Blocked_ReadsOnBothSidesAsARemovalDoes()
    {
        var removed = await ConnectAndStartAsync("ann", "bob");
        var blocked = await ConnectAndStartAsync("ann", "cid");
        await new ConnectionsService.ConnectionsServiceClient(
            _connections.As("bob")
        ).RemoveConnectionAsync(
            new RemoveConnectionRequest { OtherId = "ann" },
            cancellationToken: Token
        );
        await new BlocksService.BlocksServiceClient(_connections.As("cid")).BlockMemberAsync(
            new BlockMemberRequest { OtherId = "ann" },
            cancellationToken: Token
        );

        var ofRemoved = await Refusal.OfAsync(() => SendAsync("ann", removed, "hello?"));
        var ofBlocked = await Refusal.OfAsync(() => SendAsync("ann", blocked, "hello?"));
        var ofStranger = await Refusal.OfAsync(() => StartAsync("ann", "nobody"));
        var ofBlocker = await Refusal.OfAsync(() => SendAsync("cid", blocked, "hello?"));

        // the blocked one is told nothing that they are not told of others, and the blocker no more
        Assert.Equal(
            (ErrorReason.NotFirstDegree, StatusCode.FailedPrecondition),
            (ofBlocked.Reason, ofBlocked.Code)
        );
        Assert.Equal(Told(ofRemoved, "bob"), Told(ofBlocked, "cid"));
        Assert.Equal(Told(ofStranger, "nobody"), Told(ofBlocked, "cid"));
        Assert.Equal(Told(ofBlocker, "ann"), Told(ofBlocked, "cid"));

        static string Told(Refusal refusal, string about) =>
            $"{refusal.Code} {refusal.Status.Message} {refusal.Status.Details.Count} {refusal.Info}".Replace(
                about,
                "them",
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task SendMessage_GateRemembers_ARemovalCountsByItsRevisionAtOnceAndElseSoon()
    {
        await using var remembering = await RunningService.StartAsync(
            MessagingApp.Build,
            _identity,
            [
                new("Storage:Path", _folder.File("remembering.db")),
                new("Services:Connections:Address", _connections.Address),
                new("Gate:Timeout", "00:00:10"),
                new("Gate:CacheTime", "00:05:00"),
            ]
        );
        var client = new MessagingService.MessagingServiceClient(remembering.As("ann"));
        var invitation = await new InvitationsService.InvitationsServiceClient(
            _connections.As("ann")
        ).SendInvitationAsync(
            new SendInvitationRequest { InviteeId = "bob" },
            cancellationToken: Token
        );
        await AcceptAsync("bob", invitation.Invitation.InvitationId);
        var pair = (
            await client.StartConversationAsync(
                new StartConversationRequest { OtherMemberIds = { "bob" } },
                cancellationToken: Token
            )
        )
            .Conversation
            .ConversationId;
        var known = remembering.Services.GetRequiredService<KnownConnections>();
        await Eventually.HoldsAsync(
            "the yes is remembered",
            async () =>
            {
                await client.SendMessageAsync(Message(""), cancellationToken: Token);
                return known.IsConnected("ann", "bob");
            }
        );

        var removed = await new ConnectionsService.ConnectionsServiceClient(
            _connections.As("bob")
        ).RemoveConnectionAsync(
            new RemoveConnectionRequest { OtherId = "ann" },
            cancellationToken: Token
        );
        var byRevision = await Refusal.OfAsync(
            client.SendMessageAsync(Message(removed.Revision), cancellationToken: Token)
        );
        await Eventually.HoldsAsync(
            "the removal counts without its revision",
            async () =>
            {
                try
                {
                    await client.SendMessageAsync(Message(""), cancellationToken: Token);
                    return false;
                }
                catch (RpcException exception)
                    when (exception.StatusCode == StatusCode.FailedPrecondition)
                {
                    return true;
                }
            }
        );

        Assert.Equal(ErrorReason.NotFirstDegree, byRevision.Reason);

        SendMessageRequest Message(string revision) =>
            new()
            {
                ConversationId = pair,
                Text = "hello",
                ConnectionsConsistency = new Consistency { AtLeastRevision = revision },
            };
    }

    [Fact]
    public async Task AcceptInvitation_WithANote_OpensTheConversation()
    {
        await Client("eve")
            .UpdateMessagingSettingsAsync(
                new() { NoteOpensConversation = false },
                cancellationToken: Token
            );
        foreach (
            var (invitee, note) in new[] { ("eve", "unwanted"), ("dan", ""), ("bob", "Hello!") }
        )
        {
            var sent = await new InvitationsService.InvitationsServiceClient(
                _connections.As("ann")
            ).SendInvitationAsync(
                new SendInvitationRequest { InviteeId = invitee, Note = note },
                cancellationToken: Token
            );
            await AcceptAsync(invitee, sent.Invitation.InvitationId);
        }

        IReadOnlyList<Conversation> conversations = [];
        await Eventually.HoldsAsync(
            "the note is in the conversation",
            async () =>
                (
                    conversations = (
                        await Client("bob").ListConversationsAsync(new(), cancellationToken: Token)
                    ).Conversations
                ).Count > 0
                && conversations[0].LastNumber > 0
        );
        var messages = (
            await Client("bob")
                .ListMessagesAsync(
                    new() { ConversationId = conversations[0].ConversationId },
                    cancellationToken: Token
                )
        ).Messages;

        var message = Assert.Single(messages);
        Assert.Equal(
            ("Hello!", "ann", MessageKind.InvitationNote),
            (message.Text, message.SenderId, message.Kind)
        );
        // told in order, so those before it would be there
        foreach (var other in new[] { "eve", "dan" })
        {
            Assert.Empty(
                (
                    await Client(other).ListConversationsAsync(new(), cancellationToken: Token)
                ).Conversations
            );
        }
    }

    [Fact]
    public async Task SendMessage_GroupOfConnections_IsCheckedInOneBatch()
    {
        foreach (var other in new[] { "bob", "cid" })
        {
            var invitation = await new InvitationsService.InvitationsServiceClient(
                _connections.As("ann")
            ).SendInvitationAsync(
                new SendInvitationRequest { InviteeId = other },
                cancellationToken: Token
            );
            await AcceptAsync(other, invitation.Invitation.InvitationId);
        }
        var group = await StartAsync("ann", "bob", "cid");

        Assert.Equal(1, (await SendAsync("ann", group, "to both")).Number);
        var refusal = await Refusal.OfAsync(() => SendAsync("bob", group, "cid does not know me"));
        Assert.Equal("cid", refusal.Info.Metadata["member_ids"]);
    }

    [Fact]
    public async Task SendMessage_RevisionThatConnectionsNeverGave_IsRefused()
    {
        var pair = await ConnectAndStartAsync("ann", "bob");

        var refusal = await Refusal.OfAsync(() =>
            SendAsync("ann", pair, "hello", "not a revision")
        );

        Assert.Equal(
            (ErrorReason.InvalidRevision, StatusCode.InvalidArgument),
            (refusal.Reason, refusal.Code)
        );
        Assert.Equal(["connections_consistency.at_least_revision"], refusal.Fields);
    }

    /// <summary>Connects two, and opens their conversation.</summary>
    private async Task<string> ConnectAndStartAsync(string member, string other)
    {
        var invitation = await new InvitationsService.InvitationsServiceClient(
            _connections.As(member)
        ).SendInvitationAsync(
            new SendInvitationRequest { InviteeId = other },
            cancellationToken: Token
        );
        await AcceptAsync(other, invitation.Invitation.InvitationId);
        return await StartAsync(member, other);
    }

    private MessagingService.MessagingServiceClient Client(string member) =>
        new(_messaging.As(member));

    private async Task<AcceptInvitationResponse> AcceptAsync(string member, string invitationId) =>
        await new InvitationsService.InvitationsServiceClient(
            _connections.As(member)
        ).AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = invitationId },
            cancellationToken: Token
        );

    private async Task<string> StartAsync(string member, params string[] others) =>
        (
            await Client(member)
                .StartConversationAsync(
                    new StartConversationRequest { OtherMemberIds = { others } },
                    cancellationToken: Token
                )
        )
            .Conversation
            .ConversationId;

    private async Task<Message> SendAsync(
        string member,
        string conversation,
        string text,
        string revision = ""
    ) =>
        (
            await Client(member)
                .SendMessageAsync(
                    new SendMessageRequest
                    {
                        ConversationId = conversation,
                        Text = text,
                        ConnectionsConsistency = new Consistency { AtLeastRevision = revision },
                    },
                    cancellationToken: Token
                )
        ).Message;
}
