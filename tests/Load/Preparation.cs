using System.Diagnostics;
using Grpc.Core;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Messaging.V1;

namespace Platform.Load;

/// <summary>
/// Brings a population in place before the load: its connections, a conversation and a follow each, first reads of feeds, and a post of everybody.
/// Running it again finds what is there.
/// </summary>
public static class Preparation
{
    private const int InFlight = 32;

    /// <summary>Prepares, and says how long each step took.</summary>
    public static async Task RunAsync(
        Clients clients,
        Population population,
        CancellationToken cancellationToken
    )
    {
        await StepAsync(
            "connections",
            population.Connected,
            async edge =>
            {
                try
                {
                    var sent = await clients.Invitations.SendInvitationAsync(
                        new SendInvitationRequest { MemberId = edge.One, InviteeId = edge.Other }
                    );
                    await clients.Invitations.AcceptInvitationAsync(
                        new AcceptInvitationRequest
                        {
                            MemberId = edge.Other,
                            InvitationId = sent.Invitation.InvitationId,
                        }
                    );
                }
                catch (RpcException refusal)
                    when (refusal.StatusCode
                            is StatusCode.AlreadyExists
                                or StatusCode.FailedPrecondition
                    )
                {
                    // of an earlier run
                }
            }
        );
        await StepAsync(
            "conversations",
            population.Connected,
            async edge =>
                await clients.Messaging.StartConversationAsync(
                    new StartConversationRequest
                    {
                        MemberId = edge.One,
                        OtherMemberIds = { edge.Other },
                    }
                )
        );
        await StepAsync(
            "follows",
            population.Connected,
            async edge =>
                await clients.Follows.FollowAsync(
                    new FollowRequest { MemberId = edge.One, Entity = Mix.Member(edge.Other) }
                )
        );
        await StepAsync(
            "first reads of feeds",
            population.Members,
            async member =>
                await clients.HomeFeed.ListHomeFeedAsync(
                    new ListHomeFeedRequest { MemberId = member },
                    cancellationToken: cancellationToken
                )
        );
        await StepAsync(
            "posts",
            population.Members,
            async member =>
                await clients.Posts.CreatePostAsync(
                    new CreatePostRequest
                    {
                        MemberId = member,
                        Text = "Good morning! #hello",
                        RequestId = "load-first-post",
                    }
                )
        );

        async Task StepAsync<T>(string name, IReadOnlyCollection<T> items, Func<T, Task> doAsync)
        {
            var clock = Stopwatch.StartNew();
            await Parallel.ForEachAsync(
                items,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = InFlight,
                    CancellationToken = cancellationToken,
                },
                async (item, _) => await doAsync(item)
            );
            Console.WriteLine(
                $"prepared  {items.Count, 7:N0} {name} in {clock.Elapsed.TotalSeconds:N1} s"
            );
        }
    }
}
