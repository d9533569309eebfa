using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Testing;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Load;

/// <summary>After the load: waits until nothing is under way any more, reads everything there is, and compares it.</summary>
internal sealed class Verification(
    IReadOnlyList<WorldWorker> workers,
    Caller caller,
    Tally tally,
    MemberClients service,
    MemberClients @operator
)
{
    /// <summary>A company that members of all worlds follow.</summary>
    public static readonly Target Shared = new(EntityKind.Company, "everybodys-company");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan HealingTime = TimeSpan.FromSeconds(30);

    /// <summary>How many answers were compared.</summary>
    public async Task<int> RunAsync(Action<string> tell)
    {
        await SettleAsync();
        tell("settled: every call is answered, the journal and the fan-out are empty");
        var compared = 0;
        await Parallel.ForEachAsync(
            workers,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (worker, _) =>
                Interlocked.Add(ref compared, await CompareAsync(worker.World, worker.Reader))
        );
        await CompareSharedAsync();
        await AskTheServicesAsync(tell);
        return compared;
    }

    private async Task SettleAsync()
    {
        try
        {
            await Eventually.HoldsAsync(
                "every write is answered",
                async () =>
                    (await Task.WhenAll(workers.Select(worker => worker.ResolveAsync()))).All(
                        isDone => isDone
                    ),
                Patience
            );
            await Eventually.HoldsAsync(
                "the follows' journal is empty",
                async () =>
                    await AskAsync(
                        "GetJournalStatus",
                        options =>
                            @operator.FollowsOperations.GetJournalStatusAsync(
                                new GetJournalStatusRequest(),
                                options
                            )
                    )
                        is { PendingEntries: 0 },
                Patience
            );
            await Eventually.HoldsAsync(
                "every post is delivered",
                async () =>
                    await AskAsync(
                        "GetFanOutStatus",
                        options =>
                            @operator.FeedOperations.GetFanOutStatusAsync(
                                new GetFanOutStatusRequest(),
                                options
                            )
                    )
                        is { PendingPosts: 0 },
                Patience
            );
        }
        catch (TimeoutException exception)
        {
            var left = workers.SelectMany(worker => worker.World.Uncertain.All).ToArray();
            tally.Add(
                new(
                    Violation.Broken,
                    $"{exception.Message}; unanswered: {string.Join(", ", left.Select(one => $"{one.Name} of {one.Subject}"))}"
                )
            );
        }
    }

    private async Task<int> CompareAsync(World world, WorldReader reader)
    {
        if (world.Uncertain.Count > 0)
        {
            return 0;
        }
        var compared = 0;
        foreach (var look in Looks(world, reader))
        {
            IReadOnlyList<Violation> found = [];
            var isAnswered = false;
            try
            {
                // what may heal is given time; anything else is wrong at once
                await Eventually.HoldsAsync(
                    "",
                    async () =>
                    {
                        if (await look() is { } seen)
                        {
                            isAnswered = true;
                            found = Checker.Check(world, seen);
                        }
                        return isAnswered && (found.Count == 0 || found.Any(one => !one.MayHeal));
                    },
                    HealingTime
                );
            }
            catch (TimeoutException) when (!isAnswered)
            {
                found = [new(Violation.Broken, $"a read of {world.Name} is not answered")];
            }
            catch (TimeoutException)
            {
                // it did not heal
            }
            foreach (var violation in found)
            {
                tally.Add(violation);
            }
            compared++;
        }
        return compared;
    }

    private static IEnumerable<Func<Task<Observation?>>> Looks(World world, WorldReader reader)
    {
        foreach (var member in world.Members)
        {
            yield return () => reader.BlocksAsync(member);
            foreach (
                var kind in new[] { EntityKind.Member, EntityKind.Company, EntityKind.Hashtag }
            )
            {
                yield return () => reader.FollowingAsync(member, kind);
            }
            yield return () => reader.FollowersAsync(member);
            yield return () => reader.MutesAsync(member);
            yield return () => reader.UnreadAsync(member);
            yield return () => reader.HomeFeedAsync(member, isWhole: true);
            foreach (var other in world.Members)
            {
                yield return () => reader.ConnectionsAsync(member, other);
                yield return () => reader.AuthorPostsAsync(member, other);
                if (other != member)
                {
                    yield return () => reader.StandingAsync(member, other);
                    yield return () => reader.FollowerCountAsync(member, other);
                }
            }
        }
        foreach (var pair in world.Pairs.Where(pair => pair.ConversationId.Length > 0))
        {
            yield return () => reader.ConversationAsync(pair, pair.First);
            yield return () => reader.ConversationAsync(pair, pair.Second);
        }
    }

    private async Task CompareSharedAsync()
    {
        var list = await AskAsync(
            "ListFollowers",
            options =>
                service.Follows.ListFollowersAsync(
                    new ListFollowersRequest { Entity = Shared.ToEntity(), PageSize = 1000 },
                    options
                )
        );
        var counts = await AskAsync(
            "BatchGetFollowerCounts",
            options =>
                service.Follows.BatchGetFollowerCountsAsync(
                    new BatchGetFollowerCountsRequest { Entities = { Shared.ToEntity() } },
                    options
                )
        );
        var found =
            list is null || counts is null
                ? [new(Violation.Broken, $"who follows {Shared.Id} is not answered")]
                : Checker.CheckShared(
                    workers.Select(worker => worker.World),
                    Shared,
                    [.. list.Followers.Select(one => one.MemberId)],
                    counts.Counts[0].Count
                );
        foreach (var violation in found)
        {
            tally.Add(violation);
        }
    }

    /// <summary>The services' own comparisons.</summary>
    private async Task AskTheServicesAsync(Action<string> tell)
    {
        var edges = await WalkAsync(
            "VerifyFollows",
            (cursor, deadline) =>
                @operator.FollowsOperations.VerifyFollows(
                    new VerifyFollowsRequest { Cursor = cursor },
                    deadline: deadline
                ),
            part =>
            {
                foreach (var finding in part.Findings)
                {
                    tally.Add(new(Violation.Stray, $"VerifyFollows: {finding}"));
                }
                return (part.Cursor, part.EdgesChecked);
            }
        );
        var room = 0;
        var timelines = await WalkAsync(
            "VerifyFeed",
            (cursor, deadline) =>
                @operator.FeedOperations.VerifyFeed(
                    new VerifyFeedRequest { Cursor = cursor },
                    deadline: deadline
                ),
            part =>
            {
                foreach (var finding in part.Findings)
                {
                    if (finding.Kind == FeedFindingKind.Missing)
                    {
                        tally.Add(new(Violation.Feed, $"VerifyFeed: {finding}"));
                    }
                    else
                    {
                        // what readers do not see: deleted, ended or pushed twice
                        room++;
                    }
                }
                return (part.Cursor, part.TimelinesChecked);
            }
        );
        tell(
            $"verify: {edges} follows, {timelines} timelines; {room} entries that take up room and that readers do not see"
        );
    }

    /// <summary>Reads to the end what a service finds; where it breaks off because another is too busy, it goes on with the last cursor.</summary>
    /// <param name="note">Takes a part; answers its cursor and how much this call has looked at.</param>
    /// <returns>How much all calls have looked at.</returns>
    private static async Task<long> WalkAsync<T>(
        string kind,
        Func<string, DateTime, AsyncServerStreamingCall<T>> open,
        Func<T, (string Cursor, long Checked)> note
    )
    {
        var (cursor, before) = ("", 0L);
        await Eventually.HoldsAsync(
            $"{kind} comes to its end",
            async () =>
            {
                var ofThis = 0L;
                using var call = open(
                    cursor,
                    TimeProvider.System.GetUtcNow().UtcDateTime + Patience
                );
                try
                {
                    await foreach (var part in call.ResponseStream.ReadAllAsync())
                    {
                        (cursor, ofThis) = note(part);
                    }
                    return true;
                }
                catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
                {
                    return false;
                }
                finally
                {
                    before += ofThis;
                }
            },
            Patience
        );
        return before;
    }

    private async Task<T?> AskAsync<T>(string kind, Func<CallOptions, AsyncUnaryCall<T>> call)
        where T : class => (await caller.CallAsync(kind, call)).Value;
}
