using Grpc.Net.Client;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;
using Platform.Relationships.V1;
using Platform.Testing;

namespace Platform.Load;

/// <summary>Clients of the gateway, as a service that acts for every member.</summary>
public sealed class Clients : IDisposable
{
    private readonly GrpcChannel _channel;

    public Clients(Uri gateway, string token)
    {
        _channel = GrpcChannel.ForAddress(
            gateway,
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    // more may be under way than one connection takes
                    EnableMultipleHttp2Connections = true,
                    UseProxy = false,
                },
                DisposeHttpClient = true,
            }
        );
        var invoker = new TokenCallInvoker(_channel.CreateCallInvoker(), token);
        Connections = new(invoker);
        Invitations = new(invoker);
        Network = new(invoker);
        Follows = new(invoker);
        Messaging = new(invoker);
        Posts = new(invoker);
        HomeFeed = new(invoker);
        Relationships = new(invoker);
    }

    public ConnectionsService.ConnectionsServiceClient Connections { get; }
    public InvitationsService.InvitationsServiceClient Invitations { get; }
    public NetworkService.NetworkServiceClient Network { get; }
    public FollowsService.FollowsServiceClient Follows { get; }
    public MessagingService.MessagingServiceClient Messaging { get; }
    public PostsService.PostsServiceClient Posts { get; }
    public HomeFeedService.HomeFeedServiceClient HomeFeed { get; }
    public RelationshipsService.RelationshipsServiceClient Relationships { get; }

    public void Dispose() => _channel.Dispose();
}
