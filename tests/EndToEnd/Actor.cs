using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;
using Platform.Relationships.V1;

namespace Platform.Tests.EndToEnd;

/// <summary>Somebody with a token, and what they do in the scenarios.</summary>
public sealed class Actor(string id, string token, CallInvoker invoker)
{
    public string Id { get; } = id;
    public string Token { get; } = token;

    public InvitationsService.InvitationsServiceClient Invitations { get; } = new(invoker);
    public ConnectionsService.ConnectionsServiceClient Connections { get; } = new(invoker);
    public BlocksService.BlocksServiceClient Blocks { get; } = new(invoker);
    public ConnectionSettingsService.ConnectionSettingsServiceClient Settings { get; } =
        new(invoker);
    public NetworkService.NetworkServiceClient Network { get; } = new(invoker);
    public RecommendationsService.RecommendationsServiceClient Recommendations { get; } =
        new(invoker);
    public MembersService.MembersServiceClient Members { get; } = new(invoker);
    public FollowsService.FollowsServiceClient Follows { get; } = new(invoker);
    public FollowSettingsService.FollowSettingsServiceClient FollowSettings { get; } = new(invoker);
    public FollowsOperationsService.FollowsOperationsServiceClient FollowsOperations { get; } =
        new(invoker);
    public MessagingService.MessagingServiceClient Messaging { get; } = new(invoker);
    public PostsService.PostsServiceClient Posts { get; } = new(invoker);
    public HomeFeedService.HomeFeedServiceClient HomeFeed { get; } = new(invoker);
    public RelationshipsService.RelationshipsServiceClient Relationships { get; } = new(invoker);
    public FeedOperationsService.FeedOperationsServiceClient FeedOperations { get; } = new(invoker);

    public Entity Entity { get; } = new() { Kind = EntityKind.Member, Id = id };

    /// <summary>Invites and is accepted; answers the revision of connections after it.</summary>
    public async Task<string> ConnectAsync(Actor other)
    {
        var sent = await Invitations.SendInvitationAsync(
            new SendInvitationRequest { InviteeId = other.Id }
        );
        var accepted = await other.Invitations.AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = sent.Invitation.InvitationId }
        );
        return accepted.Revision;
    }

    /// <summary>Ends a connection; answers the revision of connections after it.</summary>
    public async Task<string> DisconnectAsync(Actor other) =>
        (
            await Connections.RemoveConnectionAsync(
                new RemoveConnectionRequest { OtherId = other.Id }
            )
        ).Revision;

    public async Task<ConnectionStatus> StandingAsync(Actor other) =>
        (
            await Connections.CheckConnectionAsync(
                new CheckConnectionRequest { OtherId = other.Id }
            )
        ).Status;

    public async Task FollowAsync(Actor other) =>
        await Follows.FollowAsync(new FollowRequest { Entity = other.Entity });

    /// <summary>Ends a follow; answers the revision of follows after it.</summary>
    public async Task<string> UnfollowAsync(Actor other) =>
        (await Follows.UnfollowAsync(new UnfollowRequest { Entity = other.Entity })).Revision;

    public async Task<string> StartConversationAsync(Actor other) =>
        (
            await Messaging.StartConversationAsync(
                new StartConversationRequest { OtherMemberIds = { other.Id } }
            )
        )
            .Conversation
            .ConversationId;

    public async Task<Message> SendAsync(string conversation, string text) =>
        (
            await Messaging.SendMessageAsync(
                new SendMessageRequest { ConversationId = conversation, Text = text }
            )
        ).Message;

    public async Task<IReadOnlyList<Message>> MessagesAsync(string conversation) =>
        (
            await Messaging.ListMessagesAsync(
                new ListMessagesRequest { ConversationId = conversation }
            )
        ).Messages;

    public async Task<Post> PostAsync(string text) =>
        (await Posts.CreatePostAsync(new CreatePostRequest { Text = text })).Post;

    /// <summary>The entry of a post in one's home feed; null when it is not there.</summary>
    public async Task<FeedEntry?> FeedEntryAsync(
        Post post,
        string connectionsRevision = "",
        string followsRevision = ""
    )
    {
        var feed = await HomeFeed.ListHomeFeedAsync(
            new ListHomeFeedRequest
            {
                ConnectionsConsistency = new Consistency { AtLeastRevision = connectionsRevision },
                FollowsConsistency = new Consistency { AtLeastRevision = followsRevision },
            }
        );
        return feed.Entries.FirstOrDefault(entry => entry.Post.PostId == post.PostId);
    }
}
