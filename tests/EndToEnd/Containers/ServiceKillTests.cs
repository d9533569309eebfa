using System.Collections.Concurrent;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>
/// Services are killed while members write, so that some die between what they stored and their answer. Whoever got no answer
/// repeats with the same <c>request_id</c>; in the end each thing is there, once.
/// </summary>
[Collection(ContainerCollection.Name)]
public sealed class ServiceKillTests(ContainerPlatform containers, ITestOutputHelper output)
{
    private const int Writers = 6;
    private const int TurnsBetweenFaults = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<StatusCode, int> _refused = new();
    private int _turns;

    [Fact]
    public async Task Kill_EachService_UnderRepeatedWrites_KeepsEachWriteOnce()
    {
        var platform = await containers.StartOrSkipAsync();
        var service = await platform.ActorAsync("kill-test", "service");
        var run = Guid.NewGuid().ToString("N")[..8];
        using var enough = new CancellationTokenSource();
        var writing = Enumerable
            .Range(0, Writers)
            .Select(writer => WriteAsync(service, $"{run}-{writer}", enough.Token))
            .ToArray();

        foreach (var victim in new[] { "connections", "messaging", "feed", "follows" })
        {
            await MoreTurnsAsync(writing, $"before {victim} is killed");
            await containers.KillAsync(victim);
            await containers.StartAgainAsync(victim);
        }
        await MoreTurnsAsync(writing, "after all of it");
        await enough.CancelAsync();
        var written = await Task.WhenAll(writing);

        output.WriteLine(
            $"{written.Sum(one => one.Friends.Count)} turns; refused meanwhile: "
                + string.Join(", ", _refused.Select(pair => $"{pair.Value} {pair.Key}"))
        );
        // the faults were felt: a test that nothing was refused in would tell nothing
        Assert.NotEmpty(_refused);
        foreach (var one in written)
        {
            await AssertEachOnceAsync(service, one);
        }
    }

    /// <summary>A turn: a connection, a message to it, a follow by it and a post, each repeated until it is acknowledged.</summary>
    private async Task<Written> WriteAsync(Actor service, string name, CancellationToken enough)
    {
        var written = new Written($"author-{name}");
        for (var turn = 0; !enough.IsCancellationRequested; turn++)
        {
            var friend = $"friend-{name}-{turn}";
            var sent = await RepeatAsync(options =>
                service.Invitations.SendInvitationAsync(
                    new SendInvitationRequest
                    {
                        MemberId = friend,
                        InviteeId = written.Author,
                        RequestId = $"invite-{turn}",
                    },
                    options
                )
            );
            await RepeatAsync(options =>
                service.Invitations.AcceptInvitationAsync(
                    new AcceptInvitationRequest
                    {
                        MemberId = written.Author,
                        InvitationId = sent.Invitation.InvitationId,
                        RequestId = $"accept-{turn}",
                    },
                    options
                )
            );
            var started = await RepeatAsync(options =>
                service.Messaging.StartConversationAsync(
                    new StartConversationRequest
                    {
                        MemberId = written.Author,
                        OtherMemberIds = { friend },
                        RequestId = $"start-{turn}",
                    },
                    options
                )
            );
            var conversation = started.Conversation.ConversationId;
            foreach (var text in new[] { "first", "second" })
            {
                await RepeatAsync(options =>
                    service.Messaging.SendMessageAsync(
                        new SendMessageRequest
                        {
                            MemberId = written.Author,
                            ConversationId = conversation,
                            Text = text,
                            RequestId = $"send-{text}",
                        },
                        options
                    )
                );
            }
            await RepeatAsync(options =>
                service.Follows.FollowAsync(
                    new FollowRequest { MemberId = friend, Entity = Member(written.Author) },
                    options
                )
            );
            var post = await RepeatAsync(options =>
                service.Posts.CreatePostAsync(
                    new CreatePostRequest
                    {
                        MemberId = written.Author,
                        Text = $"Post {turn}",
                        RequestId = $"post-{turn}",
                    },
                    options
                )
            );
            written.Friends.Add(friend);
            written.Conversations.Add(conversation);
            written.Posts.Add(post.Post.PostId);
            Interlocked.Increment(ref _turns);
        }
        return written;
    }

    private async Task<T> RepeatAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call)
    {
        var answer = default(T);
        await Eventually.HoldsAsync(
            $"{typeof(T).Name} is answered",
            async () =>
            {
                try
                {
                    answer = await call(
                        new CallOptions(
                            deadline: TimeProvider.System.GetUtcNow().UtcDateTime
                                + TimeSpan.FromSeconds(10)
                        )
                    );
                    return true;
                }
                catch (RpcException refusal)
                    when (refusal.StatusCode
                            is StatusCode.Unavailable
                                or StatusCode.DeadlineExceeded
                                or StatusCode.Cancelled
                    )
                {
                    _refused.AddOrUpdate(refusal.StatusCode, 1, (_, count) => count + 1);
                    return false;
                }
            },
            Patience
        );
        return answer!;
    }

    private async Task MoreTurnsAsync(IEnumerable<Task> writing, string when)
    {
        var until = Volatile.Read(ref _turns) + TurnsBetweenFaults;
        await Eventually.HoldsAsync(
            $"{TurnsBetweenFaults} more turns {when}",
            () =>
                writing.FirstOrDefault(writer => writer.IsFaulted) is { } failed
                    ? throw failed.Exception!
                    : Task.FromResult(Volatile.Read(ref _turns) >= until),
            Patience * 2
        );
    }

    private static async Task AssertEachOnceAsync(Actor service, Written written)
    {
        var connections = await service.Connections.ListConnectionsAsync(
            new ListConnectionsRequest { MemberId = written.Author, PageSize = 1000 }
        );
        Assert.Equal(
            written.Friends.Order(StringComparer.Ordinal),
            connections.Connections.Select(one => one.MemberId).Order(StringComparer.Ordinal)
        );
        var count = await service.Connections.CountConnectionsAsync(
            new CountConnectionsRequest { MemberId = written.Author }
        );
        Assert.Equal(written.Friends.Count, count.Count);
        foreach (var conversation in written.Conversations)
        {
            var messages = await service.Messaging.ListMessagesAsync(
                new ListMessagesRequest
                {
                    MemberId = written.Author,
                    ConversationId = conversation,
                    Order = MessageOrder.OldestFirst,
                }
            );
            Assert.Equal(
                [(1, "first"), (2, "second")],
                messages.Messages.Select(message => (message.Number, message.Text))
            );
        }
        var followers = await service.Follows.ListFollowersAsync(
            new ListFollowersRequest
            {
                MemberId = written.Author,
                Entity = Member(written.Author),
                PageSize = 1000,
            }
        );
        Assert.Equal(
            written.Friends.Order(StringComparer.Ordinal),
            followers.Followers.Select(one => one.MemberId).Order(StringComparer.Ordinal)
        );
        var posts = await service.Posts.ListAuthorPostsAsync(
            new ListAuthorPostsRequest
            {
                MemberId = written.Author,
                Author = Member(written.Author),
                PageSize = 100,
            }
        );
        Assert.Equal(
            written.Posts.Order(StringComparer.Ordinal),
            posts.Posts.Select(post => post.PostId).Order(StringComparer.Ordinal)
        );
        // what was stored is delivered, whoever died on the way
        var newest = written.Posts[^1];
        await Eventually.HoldsAsync(
            $"the newest post of {written.Author} reaches a friend",
            async () =>
                (
                    await service.HomeFeed.ListHomeFeedAsync(
                        new ListHomeFeedRequest { MemberId = written.Friends[0], PageSize = 100 }
                    )
                ).Entries.Count(entry => entry.Post.PostId == newest) == 1
        );
    }

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    private sealed record Written(string Author)
    {
        public List<string> Friends { get; } = [];
        public List<string> Conversations { get; } = [];
        public List<string> Posts { get; } = [];
    }
}
