using System.Collections.Concurrent;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>
/// Members who follow and unfollow all the time, each change repeated with its request id until it is acknowledged, and what
/// must be true once all are: a member follows exactly what its last acknowledged changes say.
/// </summary>
public sealed class FollowChurn(
    RunningService service,
    IReadOnlyList<string> members,
    IReadOnlyList<Followable> entities
)
{
    /// <summary>What a caller waits for an answer: well above <c>Redis:CommandTimeout</c>, for each of the two steps of a follow.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ConcurrentDictionary<(string Member, Followable Entity), bool> _truth = new();
    private int _acknowledged;
    private int _refused;

    /// <summary>How many changes were acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>How many calls were refused because the store was away; they were repeated.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Goes on until <paramref name="stop"/>, and then until every change that was begun is acknowledged.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(members.Select((member, seed) => RunAsync(member, new Random(seed), stop)));

    /// <summary>Waits until more changes are acknowledged than up to now.</summary>
    public async Task GoesOnAsync()
    {
        var target = Acknowledged + (10 * members.Count);
        await Eventually.HoldsAsync(
            "changes are acknowledged again",
            () => Task.FromResult(Acknowledged >= target),
            TimeSpan.FromSeconds(60)
        );
    }

    /// <summary>Waits until calls are refused.</summary>
    public async Task NoticesAsync()
    {
        var target = Refused + members.Count;
        await Eventually.HoldsAsync(
            "calls are refused",
            () => Task.FromResult(Refused >= target),
            TimeSpan.FromSeconds(60)
        );
    }

    /// <summary>
    /// Nothing acknowledged was lost, nothing is double, counts equal lists, both directions agree, and the journal has nothing
    /// left to do.
    /// </summary>
    public async Task AssertAgreesAsync(IFollowStore store)
    {
        await Eventually.HoldsAsync(
            "the worker finishes what was left",
            async () =>
                !await store
                    .ReadJournalAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1), None)
                    .AnyAsync(),
            TimeSpan.FromSeconds(60)
        );
        foreach (var member in members)
        {
            var counts = (await store.CountFollowingAsync(member, None)).ToDictionary();
            foreach (var (kind, count) in counts)
            {
                var expected = entities.Where(entity =>
                    entity.Kind == kind && _truth.GetValueOrDefault((member, entity))
                );
                var page = await store.ListFollowingAsync(member, kind, false, null, 1000, None);
                var ids = page.Entries.Select(entry => entry.Id).ToList();
                Assert.Equal(expected.Select(entity => entity.Id).Order(Ordinal), ids);
                Assert.Equal(count, ids.Count);
            }
        }
        foreach (var entity in entities)
        {
            var expected = members.Where(member => _truth.GetValueOrDefault((member, entity)));
            var page = await store.ListFollowersAsync(entity, false, null, 1000, None);
            var ids = page.Entries.Select(entry => entry.Id).ToList();
            Assert.Equal(expected.Order(Ordinal), ids);
            Assert.Equal([(long)ids.Count], await store.CountFollowersAsync([entity], None));
        }
    }

    /// <summary>Makes a call; false, if it was refused as it must be while the store is away.</summary>
    public static async Task<bool> TryAsync(Func<CallOptions, Task> call)
    {
        try
        {
            await call(new CallOptions(deadline: DateTime.UtcNow + Deadline));
            return true;
        }
        catch (RpcException exception)
            when (exception.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted)
        {
            var refusal = await Refusal.OfAsync(() => throw exception);
            Assert.Contains(
                refusal.Reason,
                new[] { ErrorReason.StoreUnavailable, ErrorReason.StoreFull }
            );
            return false;
        }
    }

    /// <summary>An entity as requests name it.</summary>
    public static Entity Named(Followable entity) =>
        new() { Kind = (EntityKind)(int)entity.Kind, Id = entity.Id };

    /// <summary>Whether the store answers.</summary>
    public static async Task<bool> AnswersAsync(IFollowStore store)
    {
        try
        {
            await store.CountFollowingAsync("nobody", None);
            return true;
        }
        catch (DomainException exception) when (exception.Reason == ErrorReason.StoreUnavailable)
        {
            return false;
        }
    }

    private static StringComparer Ordinal => StringComparer.Ordinal;

    private async Task RunAsync(string member, Random random, CancellationToken stop)
    {
        var client = new FollowsService.FollowsServiceClient(service.As(member, tier: "bulk"));
        while (!stop.IsCancellationRequested)
        {
            var entity = entities[random.Next(entities.Count)];
            var follow = !_truth.GetValueOrDefault((member, entity));
            var requestId = Guid.NewGuid().ToString();
            await Eventually.HoldsAsync(
                $"a change of {member} is acknowledged",
                async () =>
                {
                    var done = await TryAsync(options =>
                        ChangeAsync(client, entity, follow, requestId, options)
                    );
                    Interlocked.Increment(ref done ? ref _acknowledged : ref _refused);
                    return done;
                },
                TimeSpan.FromSeconds(90)
            );
            _truth[(member, entity)] = follow;
        }
    }

    private static async Task ChangeAsync(
        FollowsService.FollowsServiceClient client,
        Followable entity,
        bool follow,
        string requestId,
        CallOptions options
    )
    {
        var named = Named(entity);
        if (follow)
        {
            await client.FollowAsync(
                new FollowRequest { Entity = named, RequestId = requestId },
                options
            );
        }
        else
        {
            await client.UnfollowAsync(
                new UnfollowRequest { Entity = named, RequestId = requestId },
                options
            );
        }
    }
}
