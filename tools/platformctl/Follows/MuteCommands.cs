using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Platform.Ctl.Cli;
using Platform.Follows.V1;

namespace Platform.Ctl.Follows;

/// <summary>What members keep out of their feeds.</summary>
public static class MuteCommands
{
    private const int MaxPageSize = 1000;
    private const double MostHours = 24 * 365 * 10;

    private static readonly Dictionary<string, MuteScope> Scopes = new(StringComparer.Ordinal)
    {
        ["all"] = MuteScope.All,
        ["posts"] = MuteScope.Posts,
        ["profile-updates"] = MuteScope.ProfileUpdates,
    };

    public static IEnumerable<Command> Create(CommandFactory factory) =>
        [Mute(factory), Unmute(factory), Muted(factory)];

    private static Command Mute(CommandFactory factory)
    {
        var muter = Arguments.Member("A", "Who mutes");
        var target = EntityName.Argument();
        var scope = new Option<string>("--scope")
        {
            Description = "What of it to silence",
            HelpName = string.Join('|', Scopes.Keys),
            DefaultValueFactory = _ => "all",
        };
        scope.AcceptOnlyFromAmong([.. Scopes.Keys]);
        var hours = new Option<double?>("--hours")
        {
            Description = "After how many hours it ends by itself; never by default",
            HelpName = "N",
        };
        Arguments.WithRange(hours, 0.001, MostHours, "--hours takes more than 0, up to ten years.");
        return factory.CreateAs(
            "mute",
            "Keep what somebody or something publishes out of A's feed; a follow stays",
            muter,
            [target, scope, hours],
            async run =>
            {
                var member = run.MemberId;
                var response = await new FollowsService.FollowsServiceClient(run.Invoker).MuteAsync(
                    new MuteRequest
                    {
                        MemberId = member,
                        Entity = run.Parse.GetRequiredValue(target),
                        Scope = Scopes[run.Parse.GetRequiredValue(scope)],
                        EndTime = run.Parse.GetValue(hours) is { } some
                            ? run.Context.Time.GetUtcNow().AddHours(some).ToTimestamp()
                            : null,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                var mute = MuteResult.Of(response.Mute);
                run.Write(
                    mute,
                    $"{member} mutes {mute.Entity} ({mute.Scope})"
                        + (mute.EndTime is null ? "" : $" until {Format.Cell(mute.EndTime)}")
                );
            }
        );
    }

    private static Command Unmute(CommandFactory factory)
    {
        var muter = Arguments.Member("A", "Who mutes no more");
        var target = EntityName.Argument();
        return factory.CreateAs(
            "unmute",
            "End a mute",
            muter,
            [target],
            async run =>
            {
                var member = run.MemberId;
                var entity = run.Parse.GetRequiredValue(target);
                var response = await new FollowsService.FollowsServiceClient(
                    run.Invoker
                ).UnmuteAsync(
                    new UnmuteRequest
                    {
                        MemberId = member,
                        Entity = entity,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                var name = Format.Name(entity);
                run.Write(
                    new UnmuteResult(member, name, response.Revision),
                    $"{member} mutes {name} no more"
                );
            }
        );
    }

    private static Command Muted(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose mutes");
        var limit = Arguments.Limit(50);
        return factory.CreateAs(
            "muted",
            "List what A mutes, by kind and id",
            owner,
            [limit],
            async run =>
            {
                var member = run.MemberId;
                var client = new FollowsService.FollowsServiceClient(run.Invoker);
                await run.ListAsync<Mute, MuteResult>(
                    limit,
                    MaxPageSize,
                    async (size, token) =>
                    {
                        var page = await client.ListMutedAsync(
                            new ListMutedRequest
                            {
                                MemberId = member,
                                PageSize = size,
                                PageToken = token,
                            },
                            run.Call()
                        );
                        return (page.Mutes, page.NextPageToken);
                    },
                    MuteResult.Of,
                    new ListTable<MuteResult>(
                        $"{member} mutes nothing",
                        ["muted", "scope", "since", "until"],
                        mute =>
                            [
                                mute.Entity,
                                mute.Scope,
                                Format.Cell(mute.CreateTime),
                                Format.Cell(mute.EndTime),
                            ]
                    )
                );
            }
        );
    }

    private sealed record MuteResult(
        string Entity,
        string Scope,
        DateTimeOffset? CreateTime,
        DateTimeOffset? EndTime
    )
    {
        public static MuteResult Of(Mute mute) =>
            new(
                Format.Name(mute.Entity),
                Scopes.First(entry => entry.Value == mute.Scope).Key,
                Format.Time(mute.CreateTime),
                Format.Time(mute.EndTime)
            );
    }

    private sealed record UnmuteResult(string MemberId, string Entity, string Revision);
}
