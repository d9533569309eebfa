using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Ctl.Cli;
using Platform.Follows.V1;

namespace Platform.Ctl.Follows;

/// <summary><c>follows</c>: what else there is to say and do about follows.</summary>
public static class FollowsCommand
{
    private const int MaxPageSize = 1000;

    private static readonly Dictionary<string, FollowerCountVisibility> Visibilities = new(
        StringComparer.Ordinal
    )
    {
        ["everyone"] = FollowerCountVisibility.Everyone,
        ["only-me"] = FollowerCountVisibility.OnlyMe,
    };

    private static readonly Dictionary<string, FollowAudience> Audiences = new(
        StringComparer.Ordinal
    )
    {
        ["everyone"] = FollowAudience.Everyone,
        ["connections"] = FollowAudience.Connections,
        ["nobody"] = FollowAudience.Nobody,
    };

    public static Command Create(CommandFactory factory)
    {
        var group = new Command(
            "follows",
            "More about follows: settings, quota, lists, operations"
        );
        foreach (
            var command in new[]
            {
                Settings(factory),
                Quota(factory),
                Returned(
                    factory,
                    "mutual",
                    "List whom A follows and who follows back",
                    followedBack: true
                ),
                Returned(
                    factory,
                    "not-back",
                    "List whom A follows and who does not follow back",
                    followedBack: false
                ),
                RemoveFollower(factory),
                Verify(factory),
                Journal(factory),
                Erase(factory),
            }
        )
        {
            group.Subcommands.Add(command);
        }
        return group;
    }

    private static Command Settings(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose settings");
        var count = Arguments.Choice("--count", "Who sees how many follow A", Visibilities.Keys);
        var audience = Arguments.Choice("--audience", "Who may follow A", Audiences.Keys);
        return factory.CreateAs(
            "settings",
            "Show what A decides about being followed, and change what is given",
            owner,
            [count, audience],
            async run =>
            {
                var member = run.MemberId;
                var client = new FollowSettingsService.FollowSettingsServiceClient(run.Invoker);
                var request = new UpdateFollowSettingsRequest
                {
                    MemberId = member,
                    RequestId = RequestIds.New(),
                    Settings = new FollowSettings(),
                    UpdateMask = new FieldMask(),
                };
                if (run.Parse.GetValue(count) is { } seen)
                {
                    request.Settings.FollowerCountVisibility = Visibilities[seen];
                    request.UpdateMask.Paths.Add("follower_count_visibility");
                }
                if (run.Parse.GetValue(audience) is { } allowed)
                {
                    request.Settings.FollowAudience = Audiences[allowed];
                    request.UpdateMask.Paths.Add("follow_audience");
                }
                var settings =
                    request.UpdateMask.Paths.Count == 0
                        ? (
                            await client.GetFollowSettingsAsync(
                                new GetFollowSettingsRequest { MemberId = member },
                                run.Call()
                            )
                        ).Settings
                        : (await client.UpdateFollowSettingsAsync(request, run.Call())).Settings;
                var (seenBy, followedBy) = (
                    Visibilities
                        .First(entry => entry.Value == settings.FollowerCountVisibility)
                        .Key,
                    Audiences.First(entry => entry.Value == settings.FollowAudience).Key
                );
                run.Write(
                    new SettingsResult(member, seenBy, followedBy),
                    $"count of followers: {seenBy}\nmay follow: {followedBy}"
                );
            }
        );
    }

    private static Command Quota(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose quota");
        return factory.CreateAs(
            "quota",
            "Say how many more A may follow",
            owner,
            [],
            async run =>
            {
                var member = run.MemberId;
                var quota = (
                    await new FollowsService.FollowsServiceClient(run.Invoker).GetFollowQuotaAsync(
                        new GetFollowQuotaRequest { MemberId = member },
                        run.Call()
                    )
                ).Quota;
                run.Write(
                    new QuotaResult(
                        member,
                        quota?.FollowLimit,
                        quota?.FollowsRemaining,
                        quota?.HourlyLimit,
                        quota?.HourlyRemaining,
                        Format.Time(quota?.HourlyResetTime)
                    ),
                    quota is null
                        ? "no limit"
                        : $"in all: {quota.FollowsRemaining} of {quota.FollowLimit}\nthis hour: {quota.HourlyRemaining} of {quota.HourlyLimit}"
                );
            }
        );
    }

    private static Command Returned(
        CommandFactory factory,
        string name,
        string description,
        bool followedBack
    )
    {
        var owner = Arguments.Member("A", "Whose list");
        var limit = Arguments.Limit(50);
        return factory.CreateAs(
            name,
            description,
            owner,
            [limit],
            async run =>
            {
                var member = run.MemberId;
                var client = new FollowsService.FollowsServiceClient(run.Invoker);
                await run.ListAsync<string, MemberResult>(
                    limit,
                    MaxPageSize,
                    async (size, token) =>
                    {
                        if (followedBack)
                        {
                            var mutual = await client.ListMutualFollowsAsync(
                                new ListMutualFollowsRequest
                                {
                                    MemberId = member,
                                    PageSize = size,
                                    PageToken = token,
                                },
                                run.Call()
                            );
                            return (mutual.MemberIds, mutual.NextPageToken);
                        }
                        var page = await client.ListNotFollowedBackAsync(
                            new ListNotFollowedBackRequest
                            {
                                MemberId = member,
                                PageSize = size,
                                PageToken = token,
                            },
                            run.Call()
                        );
                        return (page.MemberIds, page.NextPageToken);
                    },
                    id => new MemberResult(id),
                    new ListTable<MemberResult>("nobody", ["member"], other => [other.MemberId])
                );
            }
        );
    }

    private static Command RemoveFollower(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Who is followed");
        var follower = Arguments.Member("FOLLOWER", "Whose follow ends; not told");
        return factory.CreateAs(
            "remove-follower",
            "End somebody's follow of A",
            owner,
            [follower],
            async run =>
            {
                var member = run.MemberId;
                var other = run.Parse.GetRequiredValue(follower);
                await new FollowsService.FollowsServiceClient(run.Invoker).RemoveFollowerAsync(
                    new RemoveFollowerRequest
                    {
                        MemberId = member,
                        FollowerId = other,
                        RequestId = RequestIds.New(),
                    },
                    run.Call()
                );
                run.Write(new MemberResult(other), $"{other} follows {member} no more");
            }
        );
    }

    private static Command Verify(CommandFactory factory)
    {
        var member = new Argument<string?>("A")
        {
            Description = "Only what A follows and who follows A; without it everything",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var repair = new Option<bool>("--repair")
        {
            Description = "Mend what is found; without it nothing is changed",
        };
        var cursor = new Option<string>("--cursor")
        {
            Description = "Go on where an earlier verification stopped",
            HelpName = "CURSOR",
            DefaultValueFactory = _ => "",
        };
        return factory.Create(
            "verify",
            "Compare what members follow with who follows, while traffic goes on (operators)",
            [member, repair, cursor],
            async (context, cancellationToken) =>
            {
                using var session = await context.OperateAsync(cancellationToken);
                var resume = context.Parse.GetRequiredValue(cursor);
                VerifyFollowsResponse? last = null;
                try
                {
                    using var call = new FollowsOperationsService.FollowsOperationsServiceClient(
                        session.Invoker
                    ).VerifyFollows(
                        new VerifyFollowsRequest
                        {
                            MemberId = context.Parse.GetValue(member) ?? "",
                            Repair = context.Parse.GetValue(repair),
                            Cursor = resume,
                        },
                        cancellationToken: cancellationToken
                    );
                    await foreach (var piece in call.ResponseStream.ReadAllAsync(cancellationToken))
                    {
                        (last, resume) = (piece, piece.Cursor);
                        foreach (var finding in piece.Findings)
                        {
                            Write(context, finding);
                        }
                    }
                }
                catch (Exception) when (resume.Length > 0 && last is not { Done: true })
                {
                    context.Console.WriteNote($"go on with --cursor {resume}");
                    throw;
                }
                var summary = new VerifyResult(
                    last!.EdgesChecked,
                    last.FindingsTotal,
                    last.RepairedTotal
                );
                context.Write(
                    summary,
                    $"{summary.Checked} looked at, {summary.Found} found, {summary.Repaired} mended"
                );
                return summary.Found == summary.Repaired ? ExitCode.Ok : ExitCode.Partial;
            }
        );
    }

    private static Command Journal(CommandFactory factory) =>
        factory.Create(
            "journal",
            "Say how many follows wait for their second direction (operators)",
            [],
            async (context, cancellationToken) =>
            {
                using var session = await context.OperateAsync(cancellationToken);
                var status = await new FollowsOperationsService.FollowsOperationsServiceClient(
                    session.Invoker
                ).GetJournalStatusAsync(
                    new GetJournalStatusRequest(),
                    session.Call(cancellationToken)
                );
                context.Write(
                    new JournalResult(status.PendingEntries, Format.Time(status.OldestCreateTime)),
                    status.PendingEntries == 0
                        ? "nothing waits"
                        : $"{status.PendingEntries} wait, the oldest since {Format.Cell(Format.Time(status.OldestCreateTime))}"
                );
            }
        );

    private static Command Erase(CommandFactory factory)
    {
        var erased = Arguments.Member("A", "Who is erased, for good");
        return factory.Create(
            "erase",
            "Erase A from follows: both directions, mutes, settings (operators)",
            [erased],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(erased);
                using var session = await context.OperateAsync(cancellationToken);
                var client = new FollowsOperationsService.FollowsOperationsServiceClient(
                    session.Invoker
                );
                var ended = 0L;
                DeleteMemberResponse response;
                do
                {
                    response = await client.DeleteMemberAsync(
                        new DeleteMemberRequest { MemberId = member },
                        session.Call(cancellationToken)
                    );
                    ended += response.FollowsDeleted;
                } while (!response.Done);
                context.Write(
                    new EraseResult(member, ended),
                    $"{member} is erased from follows; {ended} follows ended"
                );
            }
        );
    }

    private static void Write(CommandContext context, FollowFinding finding)
    {
        var result = new FindingResult(
            NameOf(finding.Kind),
            finding.FollowerId,
            Format.Name(finding.Entity),
            finding.Repaired
        );
        context.Write(
            result,
            $"{result.Kind, -16} {result.FollowerId} -> {result.Entity}{(result.Repaired ? ", mended" : "")}"
        );
    }

    // the words of the contract: missing_follower
    private static string NameOf(FollowFindingKind kind) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private sealed record SettingsResult(string MemberId, string Count, string Audience);

    private sealed record QuotaResult(
        string MemberId,
        long? Limit,
        long? Remaining,
        int? HourlyLimit,
        int? HourlyRemaining,
        DateTimeOffset? HourlyResetTime
    );

    private sealed record MemberResult(string MemberId);

    private sealed record VerifyResult(long Checked, long Found, long Repaired);

    private sealed record FindingResult(
        string Kind,
        string FollowerId,
        string Entity,
        bool Repaired
    );

    private sealed record JournalResult(long Pending, DateTimeOffset? OldestCreateTime);

    private sealed record EraseResult(string MemberId, long FollowsEnded);
}
