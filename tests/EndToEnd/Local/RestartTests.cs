using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>What is kept over a restart, asked for or not.</summary>
public sealed class RestartTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Writers = 8;
    private const int AcknowledgedBeforeTheKill = 400;

    private readonly TemporaryFolder _folder = new();
    private readonly int _httpPort = LocalProcess.FreePort();
    private readonly int _grpcPort = LocalProcess.FreePort();
    private LocalProcess _process = null!;
    private PlatformEndpoint _platform = null!;

    public ValueTask InitializeAsync() => new(StartAsync());

    public async ValueTask DisposeAsync()
    {
        _platform?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_EndsWith0AndKeepsEverything(string signal)
    {
        Assert.SkipWhen(
            signal == "INT" && _process.IgnoresInterrupts(),
            "what runs these tests ignores Ctrl+C, and all that it starts does"
        );
        var (ada, grace) = (await _platform.ActorAsync("ada"), await _platform.ActorAsync("grace"));
        await ada.ConnectAsync(grace);
        await grace.FollowAsync(ada);
        var post = await ada.PostAsync("News");

        var clock = Stopwatch.StartNew();
        _process.Signal(signal);
        Assert.Equal(0, await _process.ExitAsync());
        output.WriteLine($"stopped after {clock.Elapsed.TotalSeconds:0.00} s");
        Assert.Equal("", _process.Errors);

        await StartAsync();
        // Old tokens are good, because the keys are kept.
        (ada, grace) = (_platform.As(ada.Id, ada.Token), _platform.As(grace.Id, grace.Token));
        Assert.Equal(ConnectionStatus.Connected, await ada.StandingAsync(grace));
        Assert.Equal("ada", Assert.Single((await FollowingAsync(grace)).Followed).Entity.Id);
        await Eventually.HoldsAsync(
            "the post is in the feed",
            async () => await grace.FeedEntryAsync(post) is not null
        );
    }

    [Fact]
    public async Task Kill_UnderMessages_EveryDeviceHasEachOnceInOrder()
    {
        // of its own, as that of the others is another one after each start
        using var platform = PlatformEndpoint.OfLocalMode(
            $"http://127.0.0.1:{_httpPort}",
            $"http://127.0.0.1:{_grpcPort}"
        );
        var load = new LiveLoad(platform, pairs: 3);
        await load.StartAsync();
        for (var kill = 0; kill < 2; kill++)
        {
            await load.MoreAsync(200, $"before kill {kill}");
            _process.Signal("KILL");
            await _process.ExitAsync();
            await StartAsync();
        }
        await load.MoreAsync(200, "after the last start");
        await load.VerifyAsync();

        output.WriteLine(
            $"{load.Acknowledged} messages; streams broke off {load.Broken} times; refused meanwhile: {load.Refused}"
        );
        Assert.True(load.WasDisturbed);
    }

    [Fact]
    public async Task Kill_UnderWrites_LosesNothingAcknowledged()
    {
        var service = await _platform.ActorAsync("loader", "service");
        var acknowledged = new Acknowledged();

        var writers = Enumerable
            .Range(0, Writers)
            .Select(writer => WriteAsync(service, writer, acknowledged))
            .ToArray();
        await Eventually.HoldsAsync(
            $"{AcknowledgedBeforeTheKill} writes are acknowledged",
            () =>
                writers.FirstOrDefault(writer => writer.IsFaulted) is { } failed
                    ? throw failed.Exception!
                    : Task.FromResult(acknowledged.Count >= AcknowledgedBeforeTheKill),
            TimeSpan.FromSeconds(60)
        );
        await _process.KillAsync();
        acknowledged.Killed = true;
        await Task.WhenAll(writers);
        output.WriteLine(
            $"acknowledged: {acknowledged.Connected.Count} connections, {acknowledged.Follows.Count} follows, "
                + $"{acknowledged.Posts.Count} posts, {acknowledged.Messages.Count} messages"
        );

        await StartAsync();
        service = _platform.As(service.Id, service.Token);
        foreach (var (a, b) in acknowledged.Connected)
        {
            var check = await service.Connections.CheckConnectionAsync(
                new CheckConnectionRequest { MemberId = a, OtherId = b }
            );
            Assert.Equal((a, b, ConnectionStatus.Connected), (a, b, check.Status));
        }
        foreach (var (follower, followee) in acknowledged.Follows)
        {
            var check = await service.Follows.CheckFollowAsync(
                new CheckFollowRequest { MemberId = follower, Entity = Member(followee) }
            );
            Assert.Equal((follower, followee, true), (follower, followee, check.Check.Following));
        }
        foreach (var (author, post) in acknowledged.Posts)
        {
            var found = await service.Posts.GetPostAsync(
                new GetPostRequest { MemberId = author, PostId = post }
            );
            Assert.Equal(post, found.Post.PostId);
        }
        foreach (var (sender, message) in acknowledged.Messages)
        {
            var found = await service.Messaging.GetMessageAsync(
                new GetMessageRequest
                {
                    MemberId = sender,
                    ConversationId = message.ConversationId,
                    Number = message.Number,
                }
            );
            Assert.Equal(message.Text, found.Message.Text);
        }
        // What was acknowledged and not delivered yet is delivered now.
        foreach (var (author, post) in acknowledged.Posts.TakeLast(Writers))
        {
            await Eventually.HoldsAsync(
                $"post {post} reaches the fan of {author}",
                async () =>
                    (
                        await service.HomeFeed.ListHomeFeedAsync(
                            new ListHomeFeedRequest { MemberId = Fan(author), PageSize = 100 }
                        )
                    ).Entries.Any(entry => entry.Post.PostId == post)
            );
        }
    }

    /// <summary>One of each kind of write after the other, for new members each time, until the platform is gone.</summary>
    private static async Task WriteAsync(Actor service, int writer, Acknowledged acknowledged)
    {
        try
        {
            for (var turn = 0; ; turn++)
            {
                var (a, b) = ($"a-{writer}-{turn}", $"b-{writer}-{turn}");
                var sent = await service.Invitations.SendInvitationAsync(
                    new SendInvitationRequest { MemberId = a, InviteeId = b }
                );
                await service.Invitations.AcceptInvitationAsync(
                    new AcceptInvitationRequest
                    {
                        MemberId = b,
                        InvitationId = sent.Invitation.InvitationId,
                    }
                );
                acknowledged.Connected.Enqueue((a, b));
                await service.Follows.FollowAsync(
                    new FollowRequest { MemberId = Fan(a), Entity = Member(a) }
                );
                acknowledged.Follows.Enqueue((Fan(a), a));
                var post = await service.Posts.CreatePostAsync(
                    new CreatePostRequest { MemberId = a, Text = "News" }
                );
                acknowledged.Posts.Enqueue((a, post.Post.PostId));
                var started = await service.Messaging.StartConversationAsync(
                    new StartConversationRequest { MemberId = a, OtherMemberIds = { b } }
                );
                var message = await service.Messaging.SendMessageAsync(
                    new SendMessageRequest
                    {
                        MemberId = a,
                        ConversationId = started.Conversation.ConversationId,
                        Text = $"Hello {turn}",
                    }
                );
                acknowledged.Messages.Enqueue((a, message.Message));
            }
        }
        catch (RpcException exception)
            when (exception.StatusCode
                    is StatusCode.Unavailable
                        or StatusCode.Internal
                        or StatusCode.Cancelled
            )
        {
            // The kill; a refusal before it fails the test.
            await Eventually.HoldsAsync(
                "the platform was killed",
                () => Task.FromResult(acknowledged.Killed)
            );
        }
    }

    private static string Fan(string member) => $"fan-of-{member}";

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    private static async Task<ListFollowingResponse> FollowingAsync(Actor actor) =>
        await actor.Follows.ListFollowingAsync(
            new ListFollowingRequest { Kind = EntityKind.Member }
        );

    private async Task StartAsync()
    {
        _platform?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        (_process, var ready) = await LocalProcess.StartReadyAsync(
            _folder.Path,
            _httpPort,
            _grpcPort
        );
        output.WriteLine($"ready after {ready.TotalSeconds:0.00} s");
        _platform = PlatformEndpoint.OfLocalMode(
            $"http://127.0.0.1:{_httpPort}",
            $"http://127.0.0.1:{_grpcPort}"
        );
    }

    private sealed class Acknowledged
    {
        private volatile bool _killed;

        public ConcurrentQueue<(string A, string B)> Connected { get; } = new();
        public ConcurrentQueue<(string Follower, string Followee)> Follows { get; } = new();
        public ConcurrentQueue<(string Author, string Post)> Posts { get; } = new();
        public ConcurrentQueue<(string Sender, Message Message)> Messages { get; } = new();

        public bool Killed
        {
            get => _killed;
            set => _killed = value;
        }

        public int Count => Connected.Count + Follows.Count + Posts.Count + Messages.Count;
    }
}
