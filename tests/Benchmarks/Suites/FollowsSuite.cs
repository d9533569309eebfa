using System.Diagnostics;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Benchmarks.Harness;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Storage.Redis;
using Platform.Testing;
using StackExchange.Redis;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// The follows service by itself on a redis-server: checks beside a bare echo, follows beside the same scripts without the service,
/// streams of followers, the bytes of a follow, and somebody with very many followers beside somebody with few.
/// </summary>
public sealed class FollowsSuite(
    TestIdentity identity,
    EchoProcess echo,
    RedisProcess redis,
    int calls,
    int inFlight
) : IAsyncDisposable
{
    private const string CompactSetting = "set-max-intset-entries";

    // of redis-server, and of deploy/compose
    private const int DefaultCompact = 512;
    private const int DeployedCompact = 131_072;

    private const int Members = 10_000;
    private const int Followed = 20;
    private const int Batch = 500;
    private const int Chunk = 5_000;
    private const int FirstId = 10_000_000;
    private const int Rounds = 3;
    private static readonly int[] MeasuredSets = [10, 500, 100_000];

    // the limits of the built-in tier, which a call with the token of a service is held to
    private static readonly FollowBounds Bounds = new(7_500, 110, 300);

    private readonly RedisConnection _connection = new(
        Options.Create(
            new RedisOptions
            {
                ConnectionString = redis.ConnectionString,
                CommandTimeout = TimeSpan.FromMinutes(1),
            }
        ),
        NullLoggerFactory.Instance
    );

    private FollowKeys Keys => new(_connection.KeyPrefix);

    /// <summary>Runs the suite; the exit code is 1 when a call failed or something that is asked for is not met.</summary>
    /// <param name="calls">Calls a figure.</param>
    /// <param name="inFlight">Calls at a time.</param>
    /// <param name="followers">How many followers are very many.</param>
    public static async Task<int> RunAsync(int calls, int inFlight, int followers)
    {
        var (redis, problem) = await RedisProcess.StartAsync();
        if (redis is null)
        {
            Console.WriteLine($"skipped: {problem}");
            return 0;
        }
        await using (redis)
        {
            using var identity = new TestIdentity();
            await using var echo = await EchoProcess.StartAsync();
            await using var suite = new FollowsSuite(identity, echo, redis, calls, inFlight);
            return await suite.RunAsync(followers) ? 0 : 1;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<bool> RunAsync(int followers)
    {
        await redis.ConfigureAsync(CompactSetting, $"{DeployedCompact}");
        // a rewrite of the log in the middle of a figure would be measured with it
        await redis.ConfigureAsync("auto-aof-rewrite-percentage", "0");
        await FillAsync();
        var port = Ports.Free();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new FollowsService.FollowsServiceClient(
            new TokenCallInvoker(
                channel.CreateCallInvoker(),
                identity.Token("benchmarks", CallerRole.Service)
            )
        );
        await using var server = await ServerProcess.StartAsync(
            ServerProcess.Beside("Platform.Follows.dll"),
            [
                $"--urls=http://127.0.0.1:{port}",
                $"--Redis:ConnectionString={redis.ConnectionString}",
                // nobody: follows are served without connections
                "--Services:Connections:Address=http://127.0.0.1:1",
                .. identity.Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
            ],
            () => AnswersAsync(client)
        );
        var figures = new List<Figure>();
        var findings = new List<Finding>();
        await ChecksAsync(client, server, figures, findings);
        await FollowsAsync(client, server, figures, findings);
        await ManyFollowersAsync(client, server, followers, figures, findings);
        await StreamsAsync(client, server, followers, findings);
        await MemoryAsync(findings);
        var complete = Report.Print($"follows, {calls:N0} calls, {inFlight} in flight", figures);
        Finding.Print("follows, what is asked for", findings);
        return complete && findings.All(finding => finding.Met != false);
    }

    private async Task ChecksAsync(
        FollowsService.FollowsServiceClient client,
        ServerProcess server,
        List<Figure> figures,
        List<Finding> findings
    )
    {
        var answer = await client.CheckFollowAsync(One(0, EntityKind.Company));
        if (!answer.Check.Following)
        {
            throw new InvalidOperationException("The follows are not there.");
        }
        var bytes = EchoService.Request(
            One(0, EntityKind.Company).CalculateSize(),
            answer.CalculateSize()
        );
        var limit = await Load.RunAsync(
            "bare echo",
            echo.Server,
            calls,
            inFlight,
            async _ => await EchoService.CallAsync(echo.Invoker, bytes)
        );
        figures.Add(limit);
        foreach (var kind in new[] { EntityKind.Company, EntityKind.Member })
        {
            var name = kind == EntityKind.Company ? "of a company" : "of a member, both directions";
            var figure = await Load.RunAsync(
                $"check {name}",
                server,
                calls,
                inFlight,
                async index => await client.CheckFollowAsync(One(index, kind)),
                limit.Name
            );
            figures.Add(figure);
            findings.Add(
                new Finding(
                    $"check {name}",
                    figure.Rate,
                    "calls/s",
                    limit.Rate,
                    "bare echo",
                    "at least 0.65",
                    figure.Rate >= 0.65 * limit.Rate
                )
            );
        }
        // one at a time: what the caller waits for
        var single = await Load.RunAsync(
            "one check, one at a time",
            server,
            calls / 10,
            inFlight: 1,
            async index => await client.CheckFollowAsync(One(index, EntityKind.Company))
        );
        var batch = await Load.RunAsync(
            $"a check of {Batch}, one at a time",
            server,
            calls / 50,
            inFlight: 1,
            async index => await client.BatchCheckFollowsAsync(Many(index))
        );
        figures.AddRange([single, batch]);
        findings.Add(
            new Finding(
                $"a check of {Batch}: what the caller waits for",
                batch.P50.TotalMicroseconds,
                "us",
                single.P50.TotalMicroseconds,
                "one check",
                "at most 3",
                batch.P50 <= 3 * single.P50
            )
        );
        findings.Add(
            new Finding(
                $"a check of {Batch}: processor time of the service",
                batch.CpuMicroseconds ?? 0,
                "us",
                single.CpuMicroseconds ?? 0,
                "one check"
            )
        );
    }

    private async Task FollowsAsync(
        FollowsService.FollowsServiceClient client,
        ServerProcess server,
        List<Figure> figures,
        List<Finding> findings
    )
    {
        var store = new RedisFollowStore(_connection, TimeProvider.System);
        var made = 0;
        var raw = await Load.RunAsync(
            "the three steps of a follow without the service",
            server: null,
            calls,
            inFlight,
            async _ =>
            {
                var number = Interlocked.Increment(ref made);
                var pair = new FollowPair(
                    Member(number),
                    new Followable(FollowKind.Group, $"{FirstId + number}")
                );
                var write = await store.ChangeAsync(
                    new Platform.Follows.Storage.FollowChange(
                        pair,
                        true,
                        pair.Follower,
                        Bounds: Bounds
                    ),
                    CancellationToken.None
                );
                await store.ApplyAsync(write.Pending!, CancellationToken.None);
                await store.CompleteAsync(write.Pending!, CancellationToken.None);
            }
        );
        var followed = 0;
        var follow = await Load.RunAsync(
            "follow",
            server,
            calls,
            inFlight,
            async _ =>
            {
                var number = Interlocked.Increment(ref followed);
                await client.FollowAsync(
                    new FollowRequest
                    {
                        MemberId = Member(number),
                        Entity = new Entity
                        {
                            Kind = EntityKind.Publisher,
                            Id = $"{FirstId + number}",
                        },
                    }
                );
            },
            raw.Name
        );
        figures.AddRange([raw, follow]);
        findings.Add(
            new Finding(
                "follow",
                follow.Rate,
                "calls/s",
                raw.Rate,
                "the same scripts, pipelined, without the service",
                "at least 0.5",
                follow.Rate >= 0.5 * raw.Rate
            )
        );
    }

    private async Task ManyFollowersAsync(
        FollowsService.FollowsServiceClient client,
        ServerProcess server,
        int followers,
        List<Figure> figures,
        List<Finding> findings
    )
    {
        var database = await _connection.GetDatabaseAsync();
        var (few, many) = (Company(5), Company(6));
        await AddAsync(database, Keys.Followers(few), 10);
        await AddAsync(database, Keys.Followers(many), followers);
        var followed = 0;
        var rates = new Dictionary<Followable, List<Figure>> { [few] = [], [many] = [] };
        var times = new Dictionary<Followable, TimeSpan>
        {
            [few] = TimeSpan.Zero,
            [many] = TimeSpan.Zero,
        };
        // by turns, so that both see the machine alike
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (entity, name) in new[] { (few, "10"), (many, $"{followers:N0}") })
            {
                var before = await redis.CommandTimeAsync();
                rates[entity]
                    .Add(
                        await Load.RunAsync(
                            $"follow and unfollow somebody with {name} followers, round {round + 1}",
                            server,
                            calls / Rounds,
                            inFlight,
                            async _ =>
                            {
                                var number = Interlocked.Increment(ref followed);
                                var request = new FollowRequest
                                {
                                    MemberId = $"{(FirstId * 5L) + number}",
                                    Entity = new Entity
                                    {
                                        Kind = EntityKind.Company,
                                        Id = entity.Id,
                                    },
                                };
                                await client.FollowAsync(request);
                                // the numbers stay what they are
                                await client.UnfollowAsync(
                                    new UnfollowRequest
                                    {
                                        MemberId = request.MemberId,
                                        Entity = request.Entity,
                                    }
                                );
                            }
                        )
                    );
                times[entity] += await redis.CommandTimeAsync() - before;
            }
        }
        figures.AddRange(rates[few].Concat(rates[many]));
        // the same number of calls, warm-up included
        var ratio = times[many] / times[few];
        findings.Add(
            new Finding(
                $"follow and unfollow somebody with {followers:N0} followers: time of Redis",
                times[many].TotalMilliseconds,
                "ms",
                times[few].TotalMilliseconds,
                "somebody with 10",
                "the same (to 1.1)",
                ratio <= 1.1
            )
        );
        findings.Add(
            new Finding(
                $"follow and unfollow somebody with {followers:N0} followers: rate",
                rates[many].Average(figure => figure.Rate),
                "calls/s",
                rates[few].Average(figure => figure.Rate),
                "somebody with 10"
            )
        );
    }

    private async Task StreamsAsync(
        FollowsService.FollowsServiceClient client,
        ServerProcess server,
        int followers,
        List<Finding> findings
    )
    {
        var database = await _connection.GetDatabaseAsync();
        var many = Company(6);
        var least = Math.Min(followers, 2_000_000);
        var clock = Stopwatch.StartNew();
        var scanned = 0L;
        await foreach (var _ in database.SetScanAsync(Keys.Followers(many), pageSize: Chunk))
        {
            if (++scanned >= least)
            {
                break;
            }
        }
        var raw = scanned / clock.Elapsed.TotalSeconds;
        var cpu = server.ProcessorTime;
        clock.Restart();
        var streamed = 0L;
        using var call = client.StreamFollowers(
            new StreamFollowersRequest
            {
                Entity = new Entity { Kind = EntityKind.Company, Id = many.Id },
                ChunkSize = Chunk,
            }
        );
        while (streamed < least && await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            streamed += call.ResponseStream.Current.FollowerIds.Count;
        }
        var rate = streamed / clock.Elapsed.TotalSeconds;
        findings.Add(
            new Finding(
                $"stream of followers (of {followers:N0})",
                rate,
                "ids/s",
                raw,
                "SSCAN by the driver",
                "at least 500,000 ids/s",
                rate >= 500_000
            )
        );
        findings.Add(
            new Finding(
                "stream of followers: processor time of the service",
                (server.ProcessorTime - cpu).TotalMicroseconds * 1000 / streamed,
                "ns/id"
            )
        );
    }

    /// <summary>Sets as the service keeps them, by <c>MEMORY USAGE</c> with all their entries looked at.</summary>
    private async Task MemoryAsync(List<Finding> findings)
    {
        var database = await _connection.GetDatabaseAsync();
        foreach (var compact in new[] { DeployedCompact, DefaultCompact })
        {
            await redis.ConfigureAsync(CompactSetting, $"{compact}");
            foreach (var size in MeasuredSets)
            {
                foreach (
                    var (key, direction) in new[]
                    {
                        (Keys.Following($"{FirstId}", FollowKind.Member), "following"),
                        (Keys.Followers(Followable.Member($"{FirstId}")), "followers"),
                    }
                )
                {
                    await database.KeyDeleteAsync(key);
                    await AddAsync(database, key, size);
                    var bytes = (long)
                        await database.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", 0);
                    var encoding = await database.KeyEncodingAsync(key);
                    var isDeployed = compact == DeployedCompact;
                    findings.Add(
                        new Finding(
                            $"{size:N0} {direction}, numeric ids ({encoding}, {CompactSetting} {compact:N0}{(isDeployed ? "" : ", the server's default")})",
                            (double)bytes / size,
                            "bytes",
                            Asked: isDeployed ? "at most 24" : "",
                            Met: isDeployed ? bytes <= 24 * size : null
                        )
                    );
                    await database.KeyDeleteAsync(key);
                }
            }
        }
        await redis.ConfigureAsync(CompactSetting, $"{DeployedCompact}");
    }

    /// <summary>Members who follow companies and members, straight into the store's sets.</summary>
    private async Task FillAsync()
    {
        var database = await _connection.GetDatabaseAsync();
        RedisValue[] companies =
        [
            .. Enumerable.Range(0, Followed).Select(id => (RedisValue)(FirstId + id)),
        ];
        foreach (var some in Enumerable.Range(0, Members).Chunk(1_000))
        {
            await Task.WhenAll(
                some.SelectMany(number =>
                    new Task[]
                    {
                        database.SetAddAsync(
                            Keys.Following(Member(number), FollowKind.Company),
                            companies
                        ),
                        database.SetAddAsync(
                            Keys.Following(Member(number), FollowKind.Member),
                            companies
                        ),
                        database.SetAddAsync(
                            Keys.Followers(Followable.Member(Member(number))),
                            companies
                        ),
                    }
                )
            );
        }
    }

    private static async Task AddAsync(IDatabase database, RedisKey key, int count)
    {
        foreach (var some in Enumerable.Range(0, count).Chunk(10_000))
        {
            await database.SetAddAsync(
                key,
                [.. some.Select(number => (RedisValue)(FirstId + number))]
            );
        }
    }

    private static string Member(int number) => $"{(FirstId * 2L) + (number % Members)}";

    private static Followable Company(int number) => new(FollowKind.Company, $"{number}");

    private static CheckFollowRequest One(int index, EntityKind kind) =>
        new()
        {
            MemberId = Member(index),
            Entity = new Entity { Kind = kind, Id = $"{FirstId + (index % Followed)}" },
        };

    private static BatchCheckFollowsRequest Many(int index) =>
        new()
        {
            MemberId = Member(index),
            Entities =
            {
                Enumerable
                    .Range(0, Batch)
                    .Select(id => new Entity { Kind = EntityKind.Company, Id = $"{FirstId + id}" }),
            },
        };

    private static async Task<bool> AnswersAsync(FollowsService.FollowsServiceClient client)
    {
        try
        {
            await client.CheckFollowAsync(One(0, EntityKind.Company));
            return true;
        }
        catch (Grpc.Core.RpcException)
        {
            return false;
        }
    }
}
