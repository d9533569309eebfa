using Grpc.Core;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;

namespace Platform.Tests.Faults.Load;

/// <summary>What somebody with a token calls.</summary>
internal sealed class MemberClients(CallInvoker invoker)
{
    public InvitationsService.InvitationsServiceClient Invitations { get; } = new(invoker);
    public ConnectionsService.ConnectionsServiceClient Connections { get; } = new(invoker);
    public BlocksService.BlocksServiceClient Blocks { get; } = new(invoker);
    public ConnectionSettingsService.ConnectionSettingsServiceClient ConnectionSettings { get; } =
        new(invoker);
    public FollowsService.FollowsServiceClient Follows { get; } = new(invoker);
    public FollowSettingsService.FollowSettingsServiceClient FollowSettings { get; } = new(invoker);
    public MessagingService.MessagingServiceClient Messaging { get; } = new(invoker);
    public PostsService.PostsServiceClient Posts { get; } = new(invoker);
    public HomeFeedService.HomeFeedServiceClient HomeFeed { get; } = new(invoker);
    public FollowsOperationsService.FollowsOperationsServiceClient FollowsOperations { get; } =
        new(invoker);
    public FeedOperationsService.FeedOperationsServiceClient FeedOperations { get; } = new(invoker);
}
