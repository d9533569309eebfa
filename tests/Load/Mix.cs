using System.Globalization;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;
using Platform.Relationships.V1;

namespace Platform.Load;

/// <summary>
/// What members do, and how often: fifty reads a write, as a large timeline service has published of itself (some 300,000 reads of home
/// timelines a second to some 6,000 posts); among the reads those of a page that somebody opens, among the writes what they
/// do most.
/// </summary>
public static class Mix
{
    private const int Others = 20;

    /// <summary>The operations.</summary>
    /// <param name="run">Names this run: what it writes has request ids of its own.</param>
    public static IReadOnlyList<Operation> Of(Clients clients, Population population, string run)
    {
        var invited = -1;
        return
        [
            Read(
                "HomeFeed.ListHomeFeed",
                22,
                (random, options) =>
                    clients.HomeFeed.ListHomeFeedAsync(
                        new ListHomeFeedRequest { MemberId = population.Anybody(random) },
                        options
                    )
            ),
            Read(
                "Connections.CheckConnection",
                6,
                (random, options) =>
                {
                    var (member, others) = population.AnyOthers(random, 1);
                    return clients.Connections.CheckConnectionAsync(
                        new CheckConnectionRequest
                        {
                            MemberId = member,
                            OtherId = others.Count > 0 ? others[0] : "nobody",
                        },
                        options
                    );
                }
            ),
            Read(
                "Relationships.BatchGet",
                4,
                (random, options) =>
                {
                    var (member, others) = population.AnyOthers(random, Others);
                    return clients.Relationships.BatchGetAsync(
                        new BatchGetRequest { MemberId = member, TargetIds = { others } },
                        options
                    );
                }
            ),
            Read(
                "Connections.ListConnections",
                3,
                (random, options) =>
                    clients.Connections.ListConnectionsAsync(
                        new ListConnectionsRequest
                        {
                            MemberId = population.Anybody(random),
                            PageSize = Others,
                        },
                        options
                    )
            ),
            Read(
                "Network.CountMutualConnections",
                3,
                (random, options) =>
                {
                    var (member, other) = population.Anypair(random);
                    return clients.Network.CountMutualConnectionsAsync(
                        new CountMutualConnectionsRequest { MemberId = member, OtherId = other },
                        options
                    );
                }
            ),
            Read(
                "Follows.GetFollowCounts",
                4,
                (random, options) =>
                {
                    var member = population.Anybody(random);
                    return clients.Follows.GetFollowCountsAsync(
                        new GetFollowCountsRequest { MemberId = member },
                        options
                    );
                }
            ),
            Read(
                "Messaging.ListConversations",
                3,
                (random, options) =>
                    clients.Messaging.ListConversationsAsync(
                        new ListConversationsRequest
                        {
                            MemberId = population.Anybody(random),
                            PageSize = Others,
                        },
                        options
                    )
            ),
            Read(
                "Messaging.ListMessages",
                3,
                (random, options) =>
                {
                    var (member, other) = population.Anypair(random);
                    return clients.Messaging.ListMessagesAsync(
                        new ListMessagesRequest
                        {
                            MemberId = member,
                            ConversationId = ConversationOf(member, other),
                            PageSize = Others,
                        },
                        options
                    );
                }
            ),
            Read(
                "Invitations.ListReceivedInvitations",
                2,
                (random, options) =>
                    clients.Invitations.ListReceivedInvitationsAsync(
                        new ListReceivedInvitationsRequest
                        {
                            MemberId = population.Anybody(random),
                        },
                        options
                    )
            ),
            Write(
                "Messaging.SendMessage",
                0.45,
                (random, number, options) =>
                {
                    var (member, other) = population.Anypair(random);
                    return clients.Messaging.SendMessageAsync(
                        new SendMessageRequest
                        {
                            MemberId = member,
                            ConversationId = ConversationOf(member, other),
                            Text = "Shall we talk about it on Thursday, before the others come?",
                            RequestId = RequestId(number),
                        },
                        options
                    );
                }
            ),
            Write(
                "Follows.Follow",
                0.2,
                (random, number, options) =>
                {
                    var (member, others) = population.AnyOthers(random, 1);
                    return clients.Follows.FollowAsync(
                        new FollowRequest
                        {
                            MemberId = member,
                            Entity = Member(others.Count > 0 ? others[0] : "somebody"),
                            RequestId = RequestId(number),
                        },
                        options
                    );
                }
            ),
            Write(
                "Posts.CreatePost",
                0.2,
                (random, number, options) =>
                    clients.Posts.CreatePostAsync(
                        new CreatePostRequest
                        {
                            MemberId = population.Anybody(random),
                            Text =
                                "We are looking for two engineers who like distributed systems. #hiring",
                            RequestId = RequestId(number),
                        },
                        options
                    )
            ),
            Write(
                "Follows.Unfollow",
                0.05,
                (random, number, options) =>
                {
                    var (member, others) = population.AnyOthers(random, 1);
                    return clients.Follows.UnfollowAsync(
                        new UnfollowRequest
                        {
                            MemberId = member,
                            Entity = Member(others.Count > 0 ? others[0] : "somebody"),
                            RequestId = RequestId(number),
                        },
                        options
                    );
                }
            ),
            Write(
                "Invitations.SendInvitation",
                0.1,
                (_, number, options) =>
                {
                    // each once; when all are sent they are found to be pending
                    var (one, other) = population.ToInvite[
                        (int)((uint)Interlocked.Increment(ref invited) % population.ToInvite.Count)
                    ];
                    return clients.Invitations.SendInvitationAsync(
                        new SendInvitationRequest
                        {
                            MemberId = one,
                            InviteeId = other,
                            RequestId = RequestId(number),
                        },
                        options
                    );
                }
            ),
        ];

        string RequestId(long number) =>
            string.Create(CultureInfo.InvariantCulture, $"{run}-{number}");
    }

    /// <summary>The id of the conversation of two, as the messaging service makes it.</summary>
    public static string ConversationOf(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? $"{one}~{other}" : $"{other}~{one}";

    public static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    private static Operation Read<T>(
        string name,
        double weight,
        Func<Random, CallOptions, AsyncUnaryCall<T>> call
    ) => new(name, weight, false, async (random, _, options) => await call(random, options));

    private static Operation Write<T>(
        string name,
        double weight,
        Func<Random, long, CallOptions, AsyncUnaryCall<T>> call
    ) =>
        new(
            name,
            weight,
            true,
            async (random, number, options) => await call(random, number, options)
        );
}
