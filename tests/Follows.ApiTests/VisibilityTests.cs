using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>The table of docs/follows-visibility.md, cell by cell: the document is what is tested.</summary>
public sealed partial class VisibilityTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    /// <summary>How many follow the owner in each case.</summary>
    private const int Followers = 2;

    /// <summary>The rows and columns of the table, with what it says.</summary>
    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        var text = File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "follows-visibility.md")
        );
        var lines = text.Split('\n')
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
            .ToList();
        foreach (var row in lines.Skip(2))
        {
            for (var column = 1; column < row.Length; column++)
            {
                cells.Add(row[0], lines[0][column], row[column]);
            }
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Table_Cell_IsWhatTheServiceAnswers(string what, string viewer, string says)
    {
        var scene = await SceneAsync(viewer);

        var answer = what switch
        {
            "what the owner follows" => await TellAsync(scene, async client => (
                        await client.ListFollowingAsync(
                            new ListFollowingRequest
                            {
                                MemberId = scene.MemberId,
                                OwnerId = scene.Owner,
                                Kind = EntityKind.Company,
                            }
                        )
                    ).Followed.Count),
            "who follows the owner" => await TellAsync(
                scene,
                async client =>
                    (
                        await client.ListFollowersAsync(
                            new ListFollowersRequest
                            {
                                MemberId = scene.MemberId,
                                Entity = Member(scene.Owner),
                            }
                        )
                    )
                        .Followers
                        .Count
            ),
            "how many the owner follows" => await TellAsync(
                scene,
                async client =>
                    (await CountsAsync(client, scene)).Following is { Count: > 0 } following
                        ? (int)following.Sum(count => count.Count)
                        : null
            ),
            "how many follow the owner" => await TellAsync(
                scene,
                async client => CountOf(await CountsAsync(client, scene))
            ),
            "how many follow the owner, hidden" => await TellAsync(
                await HiddenAsync(scene),
                async client => CountOf(await CountsAsync(client, scene))
            ),
            "the same in a batch" => await TellAsync(
                scene,
                async client => await BatchCountAsync(client, scene)
            ),
            "the same in a batch, hidden" => await TellAsync(
                await HiddenAsync(scene),
                async client => await BatchCountAsync(client, scene)
            ),
            "who follows the owner and a company" => await TellAsync(scene, async client => (
                        await client.ListCommonFollowersAsync(
                            new ListCommonFollowersRequest
                            {
                                // a service looks for the owner: it vouches for whom it acts
                                MemberId = viewer == "a service" ? scene.Owner : scene.MemberId,
                                Entity = Member(scene.Owner),
                                OtherEntity = Acme,
                            }
                        )
                    ).MemberIds.Count),
            _ => throw new InvalidOperationException($"The table has a row '{what}' of its own."),
        };

        Assert.Equal(Expected(says), answer);
    }

    /// <summary>A block of either looks like absence, also where the count is hidden.</summary>
    [Fact]
    public async Task Counts_BlockedOwner_LookLikeNobody()
    {
        var scene = await SceneAsync("a blocked member");
        await HiddenAsync(scene);
        var stranger = FollowsServer.NewId();

        var ofOwner = await server
            .As(scene.Viewer)
            .GetFollowCountsAsync(new GetFollowCountsRequest { OwnerId = scene.Owner });
        var ofNobody = await server
            .As(scene.Viewer)
            .GetFollowCountsAsync(new GetFollowCountsRequest { OwnerId = stranger });

        Assert.Equal(ofNobody, ofOwner);
    }

    /// <summary>A member owns no company here, and nobody else's followers.</summary>
    [Fact]
    public async Task CommonFollowers_OfWhatIsNotOwned_IsRefused()
    {
        var ann = FollowsServer.NewId();

        foreach (var other in new[] { Acme, Member("bob") })
        {
            var refusal = await Refusal.OfAsync(
                server
                    .As(ann)
                    .ListCommonFollowersAsync(
                        new ListCommonFollowersRequest { OtherEntity = other }
                    )
            );
            Assert.Equal(ErrorReason.FollowersPrivate, refusal.Reason);
        }
        // a service vouches for companies, and not for other members
        var service = await Refusal.OfAsync(
            server.AsService.ListCommonFollowersAsync(
                new ListCommonFollowersRequest { MemberId = ann, OtherEntity = Member("bob") }
            )
        );
        Assert.Equal(ErrorReason.FollowersPrivate, service.Reason);
    }

    private static Entity Acme => new() { Kind = EntityKind.Company, Id = "acme" };

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    /// <summary>What a cell means: a refusal, "nothing", 0, or the true number.</summary>
    private static string Expected(string says) =>
        says switch
        {
            "yes" => "told",
            "-" => "unset",
            "0" => "0",
            var refusal when Reason().IsMatch(refusal) => refusal.Trim('`'),
            _ => throw new InvalidOperationException($"The table says '{says}'."),
        };

    private static async Task<string> TellAsync(
        Scene scene,
        Func<FollowsService.FollowsServiceClient, Task<int?>> ask
    )
    {
        try
        {
            return await ask(scene.Client) switch
            {
                null => "unset",
                0 => "0",
                > 0 => "told",
                var other => throw new InvalidOperationException($"{other}"),
            };
        }
        catch (Grpc.Core.RpcException exception)
        {
            var refusal = await Refusal.OfAsync(() => Task.FromException(exception));
            return refusal.Info.Reason;
        }
    }

    private static async Task<GetFollowCountsResponse> CountsAsync(
        FollowsService.FollowsServiceClient client,
        Scene scene
    ) =>
        await client.GetFollowCountsAsync(
            new GetFollowCountsRequest { MemberId = scene.MemberId, OwnerId = scene.Owner }
        );

    private static int? CountOf(GetFollowCountsResponse counts)
    {
        if (!counts.HasFollowerCount)
        {
            return null;
        }
        Assert.True(counts.FollowerCount is 0 or Followers, "neither the count nor nothing");
        return (int)counts.FollowerCount;
    }

    private static async Task<int?> BatchCountAsync(
        FollowsService.FollowsServiceClient client,
        Scene scene
    )
    {
        var answer = await client.BatchGetFollowerCountsAsync(
            new BatchGetFollowerCountsRequest
            {
                MemberId = scene.MemberId,
                Entities = { Member(scene.Owner) },
            }
        );
        var count = Assert.Single(answer.Counts);
        return count.HasCount ? (int)count.Count : null;
    }

    private async Task<Scene> HiddenAsync(Scene scene)
    {
        await server
            .SettingsOf(scene.Owner)
            .UpdateFollowSettingsAsync(
                new UpdateFollowSettingsRequest
                {
                    Settings = new FollowSettings
                    {
                        FollowerCountVisibility = FollowerCountVisibility.OnlyMe,
                    },
                }
            );
        return scene;
    }

    /// <summary>An owner with two followers, who follows two companies, and somebody who looks.</summary>
    private async Task<Scene> SceneAsync(string viewer)
    {
        var owner = FollowsServer.NewId();
        for (var number = 0; number < Followers; number++)
        {
            var follower = server.As(FollowsServer.NewId());
            await follower.FollowAsync(new FollowRequest { Entity = Member(owner) });
            await follower.FollowAsync(new FollowRequest { Entity = Acme });
            await server
                .As(owner)
                .FollowAsync(
                    new FollowRequest
                    {
                        Entity = new Entity
                        {
                            Kind = EntityKind.Company,
                            Id = number.ToString(CultureInfo.InvariantCulture),
                        },
                    }
                );
        }
        var other = FollowsServer.NewId();
        switch (viewer)
        {
            case "the owner":
                return new Scene(owner, owner, "", server.As(owner));
            case "a connection":
                await server.ConnectAsync(owner, other);
                break;
            case "a blocked member":
                await server.BlockAsync(owner, other);
                break;
            case "who blocks the owner":
                await server.BlockAsync(other, owner);
                break;
            case "a service":
                return new Scene(owner, other, "", server.AsService);
            case "another member":
                break;
            default:
                throw new InvalidOperationException($"The table has a column '{viewer}'.");
        }
        return new Scene(owner, other, "", server.As(other));
    }

    [GeneratedRegex("^`[A-Z_]+`$")]
    private static partial Regex Reason();

    private sealed record Scene(
        string Owner,
        string Viewer,
        string MemberId,
        FollowsService.FollowsServiceClient Client
    );
}
