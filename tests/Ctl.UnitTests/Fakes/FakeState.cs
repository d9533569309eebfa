using System.Collections.Concurrent;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>What the fake services share.</summary>
public sealed class FakeState
{
    public PairBook Book { get; } = new();

    public bool Healthy { get; set; } = true;

    public bool MintsTokens { get; set; } = true;

    /// <summary>The answer of every question for a degree.</summary>
    public Degree Degree { get; set; } = Degree.OutOfNetwork;

    public ConcurrentQueue<(string Blocker, string Blocked)> Blocks { get; } = new();

    /// <summary>What a watch tells.</summary>
    public List<ConnectionChange> Changes { get; } = [];

    /// <summary>The watches that were asked for.</summary>
    public ConcurrentQueue<WatchConnectionsRequest> Watches { get; } = new();

    /// <summary>How often the deletion of anybody has been asked about; it is done at the third time.</summary>
    public int DeletionLooks { get; set; }

    /// <summary>Who is erased.</summary>
    public ConcurrentQueue<string> Erased { get; } = new();

    /// <summary>The settings of everybody.</summary>
    public ConnectionSettings Settings { get; } =
        new()
        {
            ListVisibility = ListVisibility.Everyone,
            InvitationAudience = InvitationAudience.Everyone,
        };

    /// <summary>Posts of all authors, newest last, and the feed of everybody.</summary>
    public ConcurrentQueue<(string Author, string Text)> Posts { get; } = new();

    /// <summary>Where watches of home feeds began.</summary>
    public ConcurrentQueue<string> FeedWatches { get; } = new();

    /// <summary>The verifications of home timelines that were asked for.</summary>
    public ConcurrentQueue<VerifyFeedRequest> FeedVerifications { get; } = new();

    /// <summary>The rebuilds of home timelines that were asked for.</summary>
    public ConcurrentQueue<RebuildFeedRequest> FeedRebuilds { get; } = new();

    /// <summary>Runs before each call, with its method and number; may throw.</summary>
    public Func<string, int, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    private int _calls;

    /// <summary>Checks the token as the services do, and returns who acts.</summary>
    public async Task<string> EnterAsync(ServerCallContext context, string memberId)
    {
        await Before(context.Method, Interlocked.Increment(ref _calls));
        var token = context.RequestHeaders.GetValue("authorization")?.Split(' ') ?? [];
        if (token.Length != 3)
        {
            throw Refusals.Of(ErrorReason.CredentialsMissing);
        }

        return token[1] == "service" || token[2] == memberId
            ? memberId
            : throw Refusals.Of(ErrorReason.ActingForAnother, "a member acts only as itself");
    }
}
