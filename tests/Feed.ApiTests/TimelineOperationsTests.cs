using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Feed.Timelines;
using Platform.Feed.V1;
using Platform.Testing;
using PostId = Platform.Feed.Posts.PostId;

namespace Platform.Tests.Feed.ApiTests;

/// <summary>RebuildFeed and VerifyFeed over all timelines.</summary>
public sealed class TimelineOperationsTests(FeedPlatform platform) : IClassFixture<FeedPlatform>
{
    private const int Members = 150;

    private readonly string _ben = FeedPlatform.NewId("ben");
    private readonly string[] _members =
    [
        .. Enumerable.Range(0, Members).Select(_ => FeedPlatform.NewId("m")),
    ];

    [Fact]
    public async Task Verify_DamageInSomeOfManyTimelines_FindsThatAndNothingElse()
    {
        var post = await SeedAsync();
        var dangling = new PostId(7);
        await PushAsync(post, _members[3]);
        await PushAsync(dangling, _members[140]);
        await EmptyAsync(_members[77]);

        var dry = await VerifyAsync();
        Assert.Equal(
            Findings(
                false,
                (_members[3], post, FeedFindingKind.Doubled),
                (_members[77], post, FeedFindingKind.Missing),
                (_members[140], dangling, FeedFindingKind.Dangling)
            ),
            dry.SelectMany(sent => sent.Findings).OrderBy(finding => finding.Kind)
        );
        Assert.Equal([.. Enumerable.Repeat(false, dry.Count - 1), true], dry.Select(d => d.Done));
        Assert.Equal((3, 0), (dry[^1].FindingsTotal, dry[^1].RepairedTotal));
        Assert.True(dry[^1].TimelinesChecked >= Members);

        var repaired = await VerifyAsync(repair: true);
        Assert.Equal((3, 3), (repaired[^1].FindingsTotal, repaired[^1].RepairedTotal));
        Assert.All(repaired.SelectMany(sent => sent.Findings), one => Assert.True(one.Repaired));
        Assert.Equal(0, (await VerifyAsync())[^1].FindingsTotal);
        Assert.Single(await platform.ReadAsync(_members[77]));
    }

    [Fact]
    public async Task Rebuild_All_BuildsEachAnewAndResumesByCursor()
    {
        var post = await SeedAsync();
        foreach (var member in _members)
        {
            await EmptyAsync(member);
        }
        // breaks off after each message
        var cursor = "";
        var messages = 0;
        bool done;
        do
        {
            using var call = Operations.RebuildFeed(new RebuildFeedRequest { Cursor = cursor });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            (cursor, done) = (call.ResponseStream.Current.Cursor, call.ResponseStream.Current.Done);
            messages++;
        } while (!done);

        Assert.InRange(messages, 2, Members);
        foreach (var member in _members)
        {
            Assert.Equal(
                [post],
                (await Timelines.InspectAsync(member, CancellationToken.None))!.Entries
            );
        }
        using var whole = Operations.RebuildFeed(new RebuildFeedRequest());
        var last = await whole.ResponseStream.ReadAllAsync().LastAsync();
        Assert.True(last.Done);
        Assert.True(last.TimelinesRebuilt >= Members);
        Assert.True(last.EntriesWritten >= Members);
    }

    [Fact]
    public async Task Rebuild_OneMember_BuildsThatAlone()
    {
        await platform.FollowAsync(_members[0], _ben);
        await platform.Posts(_ben).CreatePostAsync(new CreatePostRequest { Text = "hello" });

        using var call = Operations.RebuildFeed(new RebuildFeedRequest { MemberId = _members[0] });

        var sent = Assert.Single(await call.ResponseStream.ReadAllAsync().ToListAsync());
        Assert.Equal((1, 1, true), (sent.TimelinesRebuilt, sent.EntriesWritten, sent.Done));
    }

    [Fact]
    public async Task RebuildAndVerify_OtherRolesOrBadRequests_AreRefused()
    {
        foreach (var invoker in new[] { platform.Feed.As(_ben), platform.Feed.AsService() })
        {
            await RefusesAsync(invoker, "", "", ErrorReason.RoleRequired);
        }
        var asOperator = platform.Feed.AsOperator();
        await RefusesAsync(asOperator, "not a member", "", ErrorReason.InvalidRequest);
        await RefusesAsync(asOperator, "", "AAAA", ErrorReason.InvalidCursor);
        await RefusesAsync(asOperator, "", "?", ErrorReason.InvalidCursor);

        static async Task RefusesAsync(
            CallInvoker invoker,
            string member,
            string cursor,
            ErrorReason reason
        )
        {
            var client = new FeedOperationsService.FeedOperationsServiceClient(invoker);
            using var rebuild = client.RebuildFeed(
                new RebuildFeedRequest { MemberId = member, Cursor = cursor }
            );
            using var verify = client.VerifyFeed(
                new VerifyFeedRequest { MemberId = member, Cursor = cursor }
            );
            foreach (
                var call in new Func<Task>[]
                {
                    () => rebuild.ResponseStream.MoveNext(CancellationToken.None),
                    () => verify.ResponseStream.MoveNext(CancellationToken.None),
                }
            )
            {
                Assert.Equal(reason, (await Refusal.OfAsync(call)).Reason);
            }
        }
    }

    private FeedOperationsService.FeedOperationsServiceClient Operations =>
        new(platform.Feed.AsOperator());

    /// <summary>All members follow Ben, have a timeline, and in it his one post.</summary>
    private async Task<PostId> SeedAsync()
    {
        foreach (var member in _members)
        {
            await platform.FollowAsync(member, _ben);
            await platform.ReadAsync(member);
        }
        var created = await platform
            .Posts(_ben)
            .CreatePostAsync(new CreatePostRequest { Text = "hello" });
        await platform.DeliveredAsync(_ben, created.Post.PostId);
        Assert.True(PostId.TryParse(created.Post.PostId, out var id));
        return id;
    }

    private ITimelineStore Timelines => platform.Feed.Services.GetRequiredService<ITimelineStore>();

    private Task PushAsync(PostId post, string member) =>
        Timelines.PushAsync(post, [member], again: false, CancellationToken.None);

    private async Task EmptyAsync(string member)
    {
        var seen = (await Timelines.InspectAsync(member, CancellationToken.None))!;
        Assert.True(
            await Timelines.ReplaceAsync(member, seen, [], seen.Mark!, CancellationToken.None)
        );
    }

    private async Task<IReadOnlyList<VerifyFeedResponse>> VerifyAsync(bool repair = false)
    {
        using var call = Operations.VerifyFeed(new VerifyFeedRequest { Repair = repair });
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private static IEnumerable<FeedFinding> Findings(
        bool repaired,
        params (string Member, PostId Post, FeedFindingKind Kind)[] findings
    ) =>
        findings
            .Select(one => new FeedFinding
            {
                MemberId = one.Member,
                PostId = one.Post.ToString(),
                Kind = one.Kind,
                Repaired = repaired,
            })
            .OrderBy(finding => finding.Kind);
}
