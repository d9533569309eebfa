using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Load;

/// <summary>Asks the platform what a world looks like. What is not answered is null, not wrong.</summary>
internal sealed class WorldReader(
    World world,
    Caller caller,
    Tally tally,
    Func<string, MemberClients> clientsOf
)
{
    private const int Page = 100;

    public async Task<Observation?> StandingAsync(string viewer, string other) =>
        await AskAsync(
            "CheckConnection",
            options =>
                clientsOf(viewer)
                    .Connections.CheckConnectionAsync(
                        new CheckConnectionRequest { OtherId = other },
                        options
                    )
        )
            is { } answer
            ? new Observation.Standing(viewer, other, answer.Status)
            : null;

    public async Task<Observation?> ConnectionsAsync(string viewer, string owner)
    {
        var client = clientsOf(viewer).Connections;
        var list = await caller.CallAsync(
            "ListConnections",
            options =>
                client.ListConnectionsAsync(
                    new ListConnectionsRequest { OwnerId = owner, PageSize = Page },
                    options
                )
        );
        var count = await caller.CallAsync(
            "CountConnections",
            options =>
                client.CountConnectionsAsync(
                    new CountConnectionsRequest { OwnerId = owner },
                    options
                )
        );
        Expect(list, "ListConnections", owner, ErrorReason.ListHidden);
        Expect(count, "CountConnections", owner, ErrorReason.ListHidden);
        return list.Outcome == Outcome.Unknown || count.Outcome == Outcome.Unknown
            ? null
            : new Observation.ConnectionList(
                viewer,
                owner,
                list.Value?.Connections.Select(one => one.MemberId).ToArray(),
                count.Value?.Count
            );
    }

    public async Task<Observation?> BlocksAsync(string member) =>
        await AskAsync(
            "ListBlocks",
            options =>
                clientsOf(member)
                    .Blocks.ListBlocksAsync(new ListBlocksRequest { PageSize = Page }, options)
        )
            is { } answer
            ? new Observation.BlockList(member, [.. answer.Blocks.Select(block => block.BlockedId)])
            : null;

    public async Task<Observation?> FollowingAsync(string member, EntityKind kind)
    {
        var client = clientsOf(member).Follows;
        var list = await AskAsync(
            "ListFollowing",
            options =>
                client.ListFollowingAsync(
                    new ListFollowingRequest { Kind = kind, PageSize = Page },
                    options
                )
        );
        var counts = await AskAsync(
            "GetFollowCounts",
            options => client.GetFollowCountsAsync(new GetFollowCountsRequest(), options)
        );
        return list is null || counts is null
            ? null
            : new Observation.FollowingList(
                member,
                kind,
                [.. list.Followed.Select(one => one.Entity.Id)],
                counts.Following.Single(one => one.Kind == kind).Count
            );
    }

    public async Task<Observation?> FollowersAsync(string owner)
    {
        var client = clientsOf(owner).Follows;
        var list = await AskAsync(
            "ListFollowers",
            options =>
                client.ListFollowersAsync(new ListFollowersRequest { PageSize = Page }, options)
        );
        var counts = await AskAsync(
            "GetFollowCounts",
            options => client.GetFollowCountsAsync(new GetFollowCountsRequest(), options)
        );
        return list is null || counts is null
            ? null
            : new Observation.FollowerList(
                owner,
                [.. list.Followers.Select(one => one.MemberId)],
                counts.HasFollowerCount ? counts.FollowerCount : null
            );
    }

    public async Task<Observation?> FollowerCountAsync(string viewer, string owner) =>
        await AskAsync(
            "GetFollowCounts",
            options =>
                clientsOf(viewer)
                    .Follows.GetFollowCountsAsync(
                        new GetFollowCountsRequest { OwnerId = owner },
                        options
                    )
        )
            is { } answer
            ? new Observation.FollowerCount(
                viewer,
                owner,
                answer.HasFollowerCount ? answer.FollowerCount : null
            )
            : null;

    public async Task<Observation?> MutesAsync(string member) =>
        await AskAsync(
            "ListMuted",
            options =>
                clientsOf(member)
                    .Follows.ListMutedAsync(new ListMutedRequest { PageSize = Page }, options)
        )
            is { } answer
            ? new Observation.MuteList(
                member,
                [.. answer.Mutes.Select(mute => new Target(mute.Entity.Kind, mute.Entity.Id))]
            )
            : null;

    public async Task<Observation?> ConversationAsync(Pair pair, string viewer)
    {
        var client = clientsOf(viewer).Messaging;
        var messages = new List<Observation.Message>();
        var token = "";
        do
        {
            var page = await AskAsync(
                "ListMessages",
                options =>
                    client.ListMessagesAsync(
                        new ListMessagesRequest
                        {
                            ConversationId = pair.ConversationId,
                            PageSize = Page,
                            PageToken = token,
                        },
                        options
                    )
            );
            if (page is null)
            {
                return null;
            }
            messages.AddRange(
                page.Messages.Select(one => new Observation.Message(
                    one.Number,
                    one.SenderId,
                    one.Text,
                    one.DeleteTime is not null
                ))
            );
            token = page.NextPageToken;
        } while (token.Length > 0);
        var answer = await AskAsync(
            "GetConversation",
            options =>
                client.GetConversationAsync(
                    new GetConversationRequest { ConversationId = pair.ConversationId },
                    options
                )
        );
        return answer is null
            ? null
            : new Observation.Conversation(
                viewer,
                pair.Other(viewer),
                messages,
                answer.Conversation.LastNumber,
                answer.Conversation.UnreadCount
            );
    }

    public async Task<Observation?> UnreadAsync(string member) =>
        await AskAsync(
            "GetUnreadCounts",
            options =>
                clientsOf(member)
                    .Messaging.GetUnreadCountsAsync(new GetUnreadCountsRequest(), options)
        )
            is { } answer
            ? new Observation.Unread(
                member,
                answer.UnreadConversationCount,
                answer.UnreadMessageCount
            )
            : null;

    /// <summary>The home feed as it must be after everything that was acknowledged.</summary>
    /// <param name="isWhole">All of it, or its first page.</param>
    public async Task<Observation?> HomeFeedAsync(string viewer, bool isWhole)
    {
        var entries = new List<Observation.Entry>();
        var token = "";
        var isComplete = true;
        do
        {
            var page = await AskAsync(
                "ListHomeFeed",
                options =>
                    clientsOf(viewer)
                        .HomeFeed.ListHomeFeedAsync(
                            new ListHomeFeedRequest
                            {
                                PageSize = isWhole ? Page : 20,
                                PageToken = token,
                                Consistency = At(world.FeedRevision),
                                ConnectionsConsistency = At(world.ConnectionsRevision),
                                FollowsConsistency = At(world.FollowsRevision),
                            },
                            options
                        )
            );
            if (page is null)
            {
                return null;
            }
            entries.AddRange(page.Entries.Select(one => EntryOf(one.Post)));
            isComplete &= page.Completeness.Complete && !page.Rebuilding;
            token = page.NextPageToken;
        } while (isWhole && token.Length > 0);
        return new Observation.HomeFeed(viewer, entries, isComplete, token.Length == 0);
    }

    public async Task<Observation?> AuthorPostsAsync(string viewer, string author)
    {
        var posts = new List<Observation.Entry>();
        var token = "";
        var isComplete = true;
        do
        {
            var page = await AskAsync(
                "ListAuthorPosts",
                options =>
                    clientsOf(viewer)
                        .Posts.ListAuthorPostsAsync(
                            new ListAuthorPostsRequest
                            {
                                Author = Target.Member(author).ToEntity(),
                                PageSize = Page,
                                PageToken = token,
                                Consistency = At(world.FeedRevision),
                            },
                            options
                        )
            );
            if (page is null)
            {
                return null;
            }
            posts.AddRange(page.Posts.Select(EntryOf));
            isComplete &= page.Completeness.Complete;
            token = page.NextPageToken;
        } while (token.Length > 0);
        return new Observation.AuthorPosts(viewer, author, posts, isComplete);
    }

    private static Consistency At(string revision) => new() { AtLeastRevision = revision };

    private static Observation.Entry EntryOf(Post post) =>
        new(post.PostId, post.Author.Id, post.Text);

    private async Task<T?> AskAsync<T>(string kind, Func<CallOptions, AsyncUnaryCall<T>> call)
        where T : class
    {
        var answer = await caller.CallAsync(kind, call);
        Expect(answer, kind, world.Name);
        return answer.Value;
    }

    private void Expect<T>(
        Answer<T> answer,
        string kind,
        string what,
        params ErrorReason[] refusals
    )
    {
        if (answer.Outcome == Outcome.Refused && !refusals.Contains(answer.Reason))
        {
            tally.Add(new(Violation.Refused, $"{kind} of {what}: {answer.Reason}"));
        }
    }
}
