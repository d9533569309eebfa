using Platform.Common.V1;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Feed;
using Platform.Feed.V1;
using Platform.Follows;
using Platform.Follows.V1;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.Feed.ApiTests;

/// <summary>
/// Feed with the real connections and follows services, each on its own Kestrel. Posts are on SQLite unless a subclass has them
/// elsewhere; connections are on SQLite, follows and timelines on Garnet.
/// </summary>
public class FeedPlatform : IAsyncLifetime
{
    private readonly EmbeddedGarnet _garnet = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());
    private readonly TemporaryFolder _folder = new();
    private IReadOnlyList<KeyValuePair<string, string?>> _feedSettings = [];

    public TestIdentity Identity { get; } = new();

    public RunningService Connections { get; private set; } = null!;

    public RunningService Follows { get; private set; } = null!;

    public RunningService Feed { get; private set; } = null!;

    /// <summary>An id that no other test uses.</summary>
    public static string NewId(string name) => $"{name}-{Guid.NewGuid():n}";

    public PostsService.PostsServiceClient Posts(string member) => new(Feed.As(member));

    public HomeFeedService.HomeFeedServiceClient Home(string member) => new(Feed.As(member));

    public async ValueTask InitializeAsync()
    {
        if (await FindStorageAsync() is not { } storage)
        {
            return;
        }
        Connections = await RunningService.StartAsync(
            ConnectionsApp.Build,
            Identity,
            [new("Storage:Path", _folder.File("connections.db"))]
        );
        Follows = await RunningService.StartAsync(
            FollowsApp.Build,
            Identity,
            [
                new("Redis:ConnectionString", _garnet.ConnectionString),
                new("Redis:CommandTimeout", "00:00:30"),
                new("Services:Connections:Address", Connections.Address),
            ]
        );
        _feedSettings =
        [
            .. storage,
            new("Redis:ConnectionString", _garnet.ConnectionString),
            new("Redis:CommandTimeout", "00:00:30"),
            new("Services:Connections:Address", Connections.Address),
            new("Services:Follows:Address", Follows.Address),
            // the machine of a test may be busy with something else
            new("Feed:Sources:Timeout", "00:00:20"),
        ];
        Feed = await StartFeedAsync();
    }

    /// <summary>One more replica of the feed, on the same stores unless its own settings say otherwise.</summary>
    public Task<RunningService> StartFeedAsync(
        params IEnumerable<KeyValuePair<string, string?>> settings
    ) =>
        RunningService.StartAsync(
            FeedApp.Build,
            Identity,
            // the last of a key counts
            [.. _feedSettings.Concat(settings).Reverse().DistinctBy(setting => setting.Key)]
        );

    /// <summary>The settings of the feed's section <c>Storage</c>; null if there is no such store here.</summary>
    protected virtual Task<KeyValuePair<string, string?>[]?> FindStorageAsync() =>
        Task.FromResult<KeyValuePair<string, string?>[]?>([
            new("Storage:Path", _folder.File("feed.db")),
        ]);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var service in new[] { Feed, Follows, Connections })
        {
            if (service is not null)
            {
                await service.DisposeAsync();
            }
        }
        await _garnet.DisposeAsync();
        _folder.Dispose();
        Identity.Dispose();
    }

    /// <summary>Connections goes away and does not come back.</summary>
    public async Task StopConnectionsAsync()
    {
        await Connections.DisposeAsync();
        Connections = null!;
    }

    /// <returns>The revision of connections to read at.</returns>
    public async Task<string> ConnectAsync(string first, string second)
    {
        var sent = await new InvitationsService.InvitationsServiceClient(
            Connections.As(first)
        ).SendInvitationAsync(new SendInvitationRequest { InviteeId = second });
        var accepted = await new InvitationsService.InvitationsServiceClient(
            Connections.As(second)
        ).AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = sent.Invitation.InvitationId }
        );
        return accepted.Revision;
    }

    /// <returns>The revision of connections to read at.</returns>
    public async Task<string> DisconnectAsync(string first, string second) =>
        (
            await new ConnectionsService.ConnectionsServiceClient(
                Connections.As(first)
            ).RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = second })
        ).Revision;

    /// <returns>The revision of connections to read at.</returns>
    public async Task<string> BlockAsync(string blocker, string blocked) =>
        (
            await new BlocksService.BlocksServiceClient(Connections.As(blocker)).BlockMemberAsync(
                new BlockMemberRequest { OtherId = blocked }
            )
        ).Revision;

    public async Task UnblockAsync(string blocker, string blocked) =>
        await new BlocksService.BlocksServiceClient(Connections.As(blocker)).UnblockMemberAsync(
            new UnblockMemberRequest { OtherId = blocked }
        );

    /// <returns>The revision of follows to read at.</returns>
    public async Task<string> FollowAsync(
        string follower,
        string id,
        EntityKind kind = EntityKind.Member
    ) =>
        (
            await new FollowsService.FollowsServiceClient(Follows.As(follower)).FollowAsync(
                new FollowRequest
                {
                    Entity = new Entity { Kind = kind, Id = id },
                }
            )
        ).Revision;

    /// <returns>The revision of follows to read at.</returns>
    public async Task<string> UnfollowAsync(string follower, string id) =>
        (
            await new FollowsService.FollowsServiceClient(Follows.As(follower)).UnfollowAsync(
                new UnfollowRequest
                {
                    Entity = new Entity { Kind = EntityKind.Member, Id = id },
                }
            )
        ).Revision;

    /// <summary>
    /// Waits until a post is delivered to all: readers find it before, since what is not delivered yet is pulled, and the delivery is
    /// marked as finished only after its last entry.
    /// </summary>
    public async Task<DeliveryStatus> DeliveredAsync(string author, string postId)
    {
        DeliveryStatus status = null!;
        await Eventually.HoldsAsync(
            "the delivery is finished",
            async () =>
            {
                var request = new GetDeliveryStatusRequest { PostId = postId };
                status = (await Posts(author).GetDeliveryStatusAsync(request)).Status;
                return status.State == DeliveryState.Delivered;
            }
        );
        return status;
    }

    /// <summary>The home feed, with everything up to a post delivered, and connections and follows as of a revision.</summary>
    public async Task<IReadOnlyList<FeedEntry>> ReadAsync(
        string member,
        string revision = "",
        string connectionsRevision = "",
        string followsRevision = ""
    )
    {
        var page = await Home(member)
            .ListHomeFeedAsync(
                new ListHomeFeedRequest
                {
                    PageSize = 100,
                    Consistency = new Consistency { AtLeastRevision = revision },
                    ConnectionsConsistency = new Consistency
                    {
                        AtLeastRevision = connectionsRevision,
                    },
                    FollowsConsistency = new Consistency { AtLeastRevision = followsRevision },
                }
            );
        Assert.True(page.Completeness.Complete, page.Completeness.ToString());
        return page.Entries;
    }
}
