using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

public sealed class LimitTests(FollowsServer server) : IClassFixture<FollowsServer>, IAsyncLifetime
{
    private const string Tiers = "Follows:Limits:Tiers";

    private readonly TemporaryFolder _folder = new();
    private RunningService _service = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(
            _folder.File("limits.json"),
            """{ "tiers": { "few": { "follows": 3 } } }"""
        );
        _service = await server.StartReplicaAsync(
            new KeyValuePair<string, string?>($"{Tiers}:few:FollowersPercent", "150"),
            new KeyValuePair<string, string?>($"{Tiers}:slow:HourlyFollows", "2"),
            new KeyValuePair<string, string?>($"{Tiers}:slow:BatchFollows", "4"),
            new KeyValuePair<string, string?>(
                "Follows:Limits:PolicyFile",
                _folder.File("limits.json")
            ),
            new KeyValuePair<string, string?>("Follows:Limits:PolicyInterval", "00:00:00.100")
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Follow_Standard_TellsWhatRemains()
    {
        var client = server.As(FollowsServer.NewId());
        var before = await client.GetFollowQuotaAsync(new GetFollowQuotaRequest());

        var answer = await client.FollowAsync(new FollowRequest { Entity = Company(1) });
        var after = await client.GetFollowQuotaAsync(new GetFollowQuotaRequest());

        Assert.Equal(
            new FollowQuota
            {
                FollowLimit = 7500,
                FollowsRemaining = 7500,
                HourlyLimit = 300,
                HourlyRemaining = 300,
            },
            before.Quota
        );
        Assert.Equal((7499, 299), (answer.Quota.FollowsRemaining, answer.Quota.HourlyRemaining));
        Assert.NotNull(answer.Quota.HourlyResetTime);
        Assert.Equal(answer.Quota, after.Quota);
    }

    [Fact]
    public async Task Follow_LimitOfAll_HoldsExactlyWithManyCallersAtOnce()
    {
        var client = As("few");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(id => TryAsync(client, Company(id)))
        );

        Assert.Equal(3, answers.Count(answer => answer is null));
        var refusal = answers.First(answer => answer is not null)!;
        Assert.Equal(
            (StatusCode.ResourceExhausted, ErrorReason.FollowLimit),
            (refusal.Code, refusal.Reason)
        );
        Assert.Contains(
            "at most 3",
            refusal.Status.GetDetail<QuotaFailure>()!.Violations[0].Description,
            StringComparison.Ordinal
        );
        var counts = await client.GetFollowCountsAsync(new GetFollowCountsRequest());
        Assert.Equal(3, counts.Following.Sum(count => count.Count));
        // what is followed already is no new follow
        var followed = await client.ListFollowingAsync(
            new ListFollowingRequest { Kind = EntityKind.Company }
        );
        Assert.True(
            (
                await client.FollowAsync(new FollowRequest { Entity = followed.Followed[0].Entity })
            ).AlreadyFollowing
        );
        // and an end makes room
        await client.UnfollowAsync(new UnfollowRequest { Entity = followed.Followed[0].Entity });
        Assert.Null(await TryAsync(client, Company(77)));
    }

    [Fact]
    public async Task Follow_ManyFollowers_MayFollowMore()
    {
        var ann = FollowsServer.NewId();
        var client = As("few", ann);
        foreach (var _ in Enumerable.Range(0, 4))
        {
            await server
                .As(FollowsServer.NewId())
                .FollowAsync(
                    new FollowRequest
                    {
                        Entity = new Entity { Kind = EntityKind.Member, Id = ann },
                    }
                );
        }

        var quota = await client.GetFollowQuotaAsync(new GetFollowQuotaRequest());
        var answers = new List<Refusal?>();
        foreach (var id in Enumerable.Range(0, 7))
        {
            answers.Add(await TryAsync(client, Company(id)));
        }

        // 150 % of 4
        Assert.Equal(6, quota.Quota.FollowLimit);
        Assert.Equal(6, answers.Count(answer => answer is null));
        Assert.Equal(ErrorReason.FollowLimit, answers[^1]!.Reason);
    }

    [Fact]
    public async Task Follow_LimitOfAnHour_RefusesWithTheTimeToWaitAndUnfollowingDoesNotFree()
    {
        var client = As("slow");
        Assert.Null(await TryAsync(client, Company(1)));
        await client.UnfollowAsync(new UnfollowRequest { Entity = Company(1) });
        Assert.Null(await TryAsync(client, Company(2)));

        var refusal = await TryAsync(client, Company(3));
        var check = await client.CheckFollowAsync(
            new CheckFollowRequest { Entity = Company(3), IncludeCanFollow = true }
        );

        Assert.Equal(ErrorReason.FollowRate, refusal!.Reason);
        Assert.InRange(
            refusal.Status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan(),
            TimeSpan.FromMinutes(50),
            TimeSpan.FromHours(1)
        );
        Assert.Equal((false, "FOLLOW_RATE"), (check.Check.CanFollow, check.Check.RefusalReason));
    }

    [Fact]
    public async Task BatchFollow_LimitInItsMiddle_DoesTheFirstOfThem()
    {
        var client = As("slow");

        var batch = await client.BatchFollowAsync(
            new BatchFollowRequest { Entities = { Company(1), Company(2), Company(3), Company(4) } }
        );
        var tooLarge = await Refusal.OfAsync(
            client.BatchFollowAsync(
                new BatchFollowRequest { Entities = { Enumerable.Range(0, 5).Select(Company) } }
            )
        );

        Assert.Equal(
            [
                StatusCode.OK,
                StatusCode.OK,
                StatusCode.ResourceExhausted,
                StatusCode.ResourceExhausted,
            ],
            batch.Results.Select(result => (StatusCode)result.Status.Code)
        );
        Assert.Equal(0, batch.Quota.HourlyRemaining);
        Assert.Equal(ErrorReason.BatchTooLarge, tooLarge.Reason);
    }

    [Fact]
    public async Task Bulk_NoLimits_TellsNone()
    {
        var client = As("bulk");

        var answer = await client.FollowAsync(new FollowRequest { Entity = Company(1) });
        var quota = await client.GetFollowQuotaAsync(new GetFollowQuotaRequest());

        Assert.Null(answer.Quota);
        Assert.Null(quota.Quota);
    }

    [Fact]
    public async Task PolicyFile_Changed_CountsWithoutARestart()
    {
        var client = As("few");
        Assert.Equal(
            3,
            (await client.GetFollowQuotaAsync(new GetFollowQuotaRequest())).Quota.FollowLimit
        );

        await File.WriteAllTextAsync(
            _folder.File("limits.json"),
            """{ "tiers": { "few": { "follows": 4, "hourlyFollows": -1 } } }"""
        );

        await Eventually.HoldsAsync(
            "the new policy counts",
            async () =>
                (await client.GetFollowQuotaAsync(new GetFollowQuotaRequest())).Quota
                    is { FollowLimit: 4, HourlyLimit: -1, HourlyRemaining: -1 }
        );
    }

    private static Entity Company(int id) => new() { Kind = EntityKind.Company, Id = $"c{id}" };

    private FollowsService.FollowsServiceClient As(string tier, string? member = null) =>
        new(_service.As(member ?? FollowsServer.NewId(), tier));

    private static async Task<Refusal?> TryAsync(
        FollowsService.FollowsServiceClient client,
        Entity entity
    )
    {
        try
        {
            await client.FollowAsync(new FollowRequest { Entity = entity });
            return null;
        }
        catch (RpcException exception)
        {
            return await Refusal.OfAsync(() => Task.FromException(exception));
        }
    }
}
