using System.CommandLine;
using Platform.Ctl.Cli;
using Platform.Follows.V1;

namespace Platform.Ctl.Follows;

/// <summary>Who follows what.</summary>
public static class FollowCommands
{
    private const int MaxPageSize = 1000;

    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Follow(factory), Unfollow(factory), Following(factory), Followers(factory)];

    private static Command Follow(CommandFactory factory)
    {
        var follower = Arguments.Member("A", "Who follows");
        var target = EntityName.Argument();
        return factory.CreateAs(
            "follow",
            "A follows a member, company, hashtag, group or publisher",
            follower,
            [target],
            async run =>
            {
                var member = run.MemberId;
                var entity = run.Parse.GetRequiredValue(target);
                var response = await new FollowsService.FollowsServiceClient(
                    run.Invoker
                ).FollowAsync(
                    new FollowRequest
                    {
                        MemberId = member,
                        Entity = entity,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                var name = Format.Name(response.Entity ?? entity);
                run.Write(
                    new FollowResult(member, name, response.AlreadyFollowing, response.Revision),
                    $"{member} {(response.AlreadyFollowing ? "followed" : "follows")} {name}"
                        + (response.AlreadyFollowing ? " already" : "")
                );
            }
        );
    }

    private static Command Unfollow(CommandFactory factory)
    {
        var follower = Arguments.Member("A", "Who follows");
        var target = EntityName.Argument();
        return factory.CreateAs(
            "unfollow",
            "A stops following",
            follower,
            [target],
            async run =>
            {
                var member = run.MemberId;
                var entity = run.Parse.GetRequiredValue(target);
                var response = await new FollowsService.FollowsServiceClient(
                    run.Invoker
                ).UnfollowAsync(
                    new UnfollowRequest
                    {
                        MemberId = member,
                        Entity = entity,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                var name = Format.Name(entity);
                run.Write(
                    new FollowResult(member, name, null, response.Revision),
                    $"{member} no longer follows {name}"
                );
            }
        );
    }

    private static Command Following(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose list");
        var kind = new Option<string?>("--kind")
        {
            Description = "Only one kind; all kinds by default",
            HelpName = string.Join('|', EntityName.Kinds.Keys),
        };
        kind.AcceptOnlyFromAmong([.. EntityName.Kinds.Keys]);
        var limit = Arguments.Limit(50);
        return factory.CreateAs(
            "following",
            "List what A follows, newest first within each kind",
            owner,
            [kind, limit],
            async run =>
            {
                var member = run.MemberId;
                var wanted = run.Parse.GetRequiredValue(limit);
                var client = new FollowsService.FollowsServiceClient(run.Invoker);
                var followed = new List<Followed>();
                var kinds = run.Parse.GetValue(kind) is { } name
                    ? [EntityName.Kinds[name]]
                    : EntityName.Kinds.Values;
                foreach (var each in kinds)
                {
                    // One more than is shown: then it is known whether there are more, over all kinds.
                    var left = wanted == 0 ? 0 : wanted + 1 - followed.Count;
                    if (wanted > 0 && left == 0)
                    {
                        break;
                    }

                    var found = await Pages.CollectAsync<Followed>(
                        left,
                        MaxPageSize,
                        async (size, token) =>
                        {
                            var page = await client.ListFollowingAsync(
                                new ListFollowingRequest
                                {
                                    MemberId = member,
                                    Kind = each,
                                    PageSize = size,
                                    PageToken = token,
                                },
                                run.Call()
                            );
                            return (page.Followed, page.NextPageToken);
                        }
                    );
                    followed.AddRange(found.Items);
                }

                run.Context.WriteList(
                    Pages
                        .Cut(followed, wanted, more: false)
                        .Select(item => new FollowedResult(
                            Format.Name(item.Entity.Kind),
                            item.Entity.Id,
                            Format.Time(item.FollowTime),
                            item.Muted
                        )),
                    new ListTable<FollowedResult>(
                        $"{member} follows nothing",
                        ["kind", "id", "since", "muted"],
                        item =>
                            [
                                item.Kind,
                                item.Id,
                                Format.Cell(item.FollowTime),
                                item.Muted ? "muted" : "",
                            ]
                    )
                );
            }
        );
    }

    private static Command Followers(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose followers; the list is A's alone");
        var limit = Arguments.Limit(50);
        return factory.CreateAs(
            "followers",
            "List who follows A, by id",
            owner,
            [limit],
            async run =>
            {
                var member = run.MemberId;
                var client = new FollowsService.FollowsServiceClient(run.Invoker);
                await run.ListAsync<Follower, FollowerResult>(
                    limit,
                    MaxPageSize,
                    async (size, token) =>
                    {
                        var page = await client.ListFollowersAsync(
                            new ListFollowersRequest
                            {
                                MemberId = member,
                                PageSize = size,
                                PageToken = token,
                            },
                            run.Call()
                        );
                        return (page.Followers, page.NextPageToken);
                    },
                    follower => new FollowerResult(
                        follower.MemberId,
                        Format.Time(follower.FollowTime)
                    ),
                    new ListTable<FollowerResult>(
                        $"nobody follows {member}",
                        ["member", "since"],
                        follower => [follower.MemberId, Format.Cell(follower.FollowTime)]
                    )
                );
            }
        );
    }

    private sealed record FollowResult(
        string MemberId,
        string Entity,
        bool? AlreadyFollowing,
        string Revision
    );

    private sealed record FollowedResult(
        string Kind,
        string Id,
        DateTimeOffset? FollowTime,
        bool Muted
    );

    private sealed record FollowerResult(string MemberId, DateTimeOffset? FollowTime);
}
