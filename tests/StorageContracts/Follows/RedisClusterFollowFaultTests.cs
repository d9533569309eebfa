using System.Diagnostics;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Testing;
using Platform.Testing.Containers;
using FollowChange = Platform.Follows.Storage.FollowChange;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The follows service on a Redis Cluster of which a master is lost. The Cluster is these tests' own.</summary>
public sealed class RedisClusterFollowFaultTests(RedisClusterContainers cluster)
    : IClassFixture<RedisClusterContainers>,
        IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await cluster.StartAsync(Token);
        Assert.SkipWhen(cluster.Problem is not null, cluster.Problem ?? "");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // 0 is the one that the connection string names
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task MasterLost_ItsSlotsAreUnavailableAndTheOthersGoOn(int lost)
    {
        await using var follows = await FollowsOnRedis.StartAsync(cluster.ConnectionString);
        var other = 2;
        var (lostMember, otherMember) = (
            await MemberAsync(follows, lost),
            await MemberAsync(follows, other)
        );
        var (lostCompany, otherCompany) = (
            await CompanyAsync(follows, lost),
            await CompanyAsync(follows, other)
        );
        await follows
            .As(lostMember)
            .FollowAsync(new FollowRequest { Entity = FollowChurn.Named(otherCompany) }, Options());

        await cluster.KillAsync(lost, Token);
        try
        {
            // what is in its slots
            await AssertUnavailableAsync(
                follows.As(lostMember).FollowAsync(Follow(otherCompany), Options())
            );
            await AssertUnavailableAsync(
                follows.As(lostMember).CheckFollowAsync(Check(otherCompany), Options())
            );
            // half in its slots: the truth is written, the inverse is not
            await AssertUnavailableAsync(
                follows.As(otherMember).FollowAsync(Follow(lostCompany), Options())
            );
            Assert.True((await CheckAsync(follows, otherMember, lostCompany)).Following);
            // what is not
            for (var round = 0; round < 50; round++)
            {
                await follows.As(otherMember).FollowAsync(Follow(otherCompany), Options());
                Assert.True((await CheckAsync(follows, otherMember, otherCompany)).Following);
                await follows
                    .As(otherMember)
                    .UnfollowAsync(
                        new UnfollowRequest { Entity = FollowChurn.Named(otherCompany) },
                        Options()
                    );
            }
            // and the worker finishes what it can
            var left = new FollowPair(otherMember, otherCompany);
            await follows.Store.ChangeAsync(new FollowChange(left, true, otherMember), Token);
            await Eventually.HoldsAsync(
                "the worker goes on with what the other masters hold",
                async () =>
                    (await follows.Store.CountFollowersAsync([otherCompany], Token))[0] == 2,
                // each of its looks waits for the time-outs of the lost master, some looks on a busy machine
                TimeSpan.FromSeconds(60)
            );
        }
        finally
        {
            await cluster.StartAgainAsync(lost, Token);
        }

        await Eventually.HoldsAsync(
            "its slots are served again, with what was acknowledged",
            async () =>
            {
                var following = false;
                return await FollowChurn.TryAsync(async options =>
                        following = (
                            await follows
                                .As(lostMember)
                                .CheckFollowAsync(Check(otherCompany), options)
                        )
                            .Check
                            .Following
                    ) && following;
            },
            TimeSpan.FromSeconds(60)
        );
        await Eventually.HoldsAsync(
            "the worker finishes what was left half-way",
            async () => (await follows.Store.CountFollowersAsync([lostCompany], Token))[0] == 1,
            TimeSpan.FromSeconds(60)
        );
        await follows.As(lostMember).FollowAsync(Follow(lostCompany), Options());
        var followers = await follows.Store.ListFollowersAsync(lostCompany, false, null, 10, Token);
        Assert.Equal(
            new[] { lostMember, otherMember }.Order(StringComparer.Ordinal),
            followers.Entries.Select(entry => entry.Id)
        );
    }

    private static CallOptions Options() =>
        new(deadline: DateTime.UtcNow + FollowChurn.Deadline, cancellationToken: Token);

    private static FollowRequest Follow(Followable entity) =>
        new() { Entity = FollowChurn.Named(entity) };

    private static CheckFollowRequest Check(Followable entity) =>
        new() { Entity = FollowChurn.Named(entity) };

    private static async Task<FollowCheck> CheckAsync(
        FollowsOnRedis follows,
        string member,
        Followable entity
    ) => (await follows.As(member).CheckFollowAsync(Check(entity), Options())).Check;

    private static async Task AssertUnavailableAsync<T>(AsyncUnaryCall<T> call)
    {
        var clock = Stopwatch.StartNew();
        var refusal = await Refusal.OfAsync(call);
        Assert.Equal(
            (StatusCode.Unavailable, ErrorReason.StoreUnavailable),
            (refusal.Code, refusal.Reason)
        );
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, FollowChurn.Deadline);
    }

    private static Task<string> MemberAsync(FollowsOnRedis follows, int master) =>
        FindAsync(follows, master, (keys, id) => keys.Following(id, FollowKind.Company));

    private static async Task<Followable> CompanyAsync(FollowsOnRedis follows, int master) =>
        Company(await FindAsync(follows, master, (keys, id) => keys.Followers(Company(id))));

    private static Followable Company(string id) => new(FollowKind.Company, id);

    /// <summary>An id whose key is in a slot of a master.</summary>
    private static async Task<string> FindAsync(
        FollowsOnRedis follows,
        int master,
        Func<FollowKeys, string, StackExchange.Redis.RedisKey> keyOf
    )
    {
        var multiplexer = await follows.Redis.GetMultiplexerAsync(Token);
        var keys = new FollowKeys(follows.Redis.KeyPrefix);
        return Enumerable
            .Range(1, 1000)
            .Select(number => $"{number}")
            .First(id =>
                RedisClusterContainers.MasterOf(multiplexer.HashSlot(keyOf(keys, id))) == master
            );
    }
}
