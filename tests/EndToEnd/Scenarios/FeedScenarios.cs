using System.Net.Http.Headers;
using System.Text.Json;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.Testing;
using EventOneofCase = Platform.Feed.V1.WatchHomeFeedResponse.EventOneofCase;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>Home feeds live, and what operators do for them, from end to end.</summary>
public abstract class FeedScenarios : ScenarioSuite
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task WatchHomeFeed_PostThenBlock_ComesAndLeavesAndIsNotTwiceAfterResuming()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        string cursor;
        Post post;
        using (var watch = ada.HomeFeed.WatchHomeFeed(new()))
        {
            Assert.Equal(EventOneofCase.Heartbeat, (await NextAsync(watch)).EventCase);
            post = await grace.PostAsync("hello");
            var entry = (await NextEventAsync(watch)).Entry;
            Assert.Equal(post.PostId, entry.Post.PostId);
            Assert.Equal(FeedReasonKind.Connection, Assert.Single(entry.Reasons).Kind);
            cursor = watch.ResponseStream.Current.Cursor;
        }
        await grace.Blocks.BlockMemberAsync(new() { OtherId = ada.Id });
        await grace.PostAsync("not for ada");
        var own = await ada.PostAsync("own");

        using var resumed = ada.HomeFeed.WatchHomeFeed(new() { Cursor = cursor });

        Assert.Equal(post.PostId, (await NextEventAsync(resumed)).Removed.PostId);
        Assert.Equal(own.PostId, (await NextEventAsync(resumed)).Entry.Post.PostId);
        var refusal = await Refusal.OfAsync(async () =>
        {
            using var stolen = grace.HomeFeed.WatchHomeFeed(new() { Cursor = cursor });
            await NextAsync(stolen);
        });
        Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
    }

    [Fact]
    public async Task WatchHomeFeed_OverRest_IsALineOfJsonAnEvent()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/feed:watch");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ada.Token);
        using var answer = await Endpoint.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead
        );
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.True((await NextLineAsync(lines)).TryGetProperty("heartbeat", out _));

        await grace.PostAsync("hello");

        JsonElement sent;
        do
        {
            sent = await NextLineAsync(lines);
        } while (sent.TryGetProperty("heartbeat", out _));
        Assert.Equal(
            "hello",
            sent.GetProperty("entry").GetProperty("post").GetProperty("text").GetString()
        );
    }

    [Fact]
    public async Task RebuildThenVerify_OneMember_FindsNothingWrong()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        await grace.PostAsync("hello");
        var @operator = await Endpoint.ActorAsync("operator", "operator");

        using var rebuild = @operator.FeedOperations.RebuildFeed(new() { MemberId = ada.Id });
        var built = await LastAsync(rebuild);
        using var verify = @operator.FeedOperations.VerifyFeed(new() { MemberId = ada.Id });
        var verified = await LastAsync(verify);

        Assert.Equal((true, 1, 1), (built.Done, built.TimelinesRebuilt, built.EntriesWritten));
        Assert.Equal(
            (true, 1, 0),
            (verified.Done, verified.TimelinesChecked, verified.FindingsTotal)
        );
        using var refused = ada.FeedOperations.RebuildFeed(new());
        Assert.Equal(
            ErrorReason.RoleRequired,
            (await Refusal.OfAsync(() => LastAsync(refused))).Reason
        );
    }

    private static async Task<T> LastAsync<T>(AsyncServerStreamingCall<T> call) =>
        await call.ResponseStream.ReadAllAsync().LastAsync();

    private static async Task<WatchHomeFeedResponse> NextEventAsync(
        AsyncServerStreamingCall<WatchHomeFeedResponse> watch
    )
    {
        while (true)
        {
            if (await NextAsync(watch) is { EventCase: not EventOneofCase.Heartbeat } sent)
            {
                return sent;
            }
        }
    }

    private static async Task<WatchHomeFeedResponse> NextAsync(
        AsyncServerStreamingCall<WatchHomeFeedResponse> watch
    )
    {
        Assert.True(
            await watch.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit),
            "The stream ended."
        );
        return watch.ResponseStream.Current;
    }
}
