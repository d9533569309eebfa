using System.Diagnostics;
using Platform.ServiceDefaults.Telemetry;

namespace Platform.Tests.ServiceDefaults;

public sealed class SpanPrivacyTests : IDisposable
{
    private readonly SpanPrivacy _privacy = new();
    private readonly ActivitySource _source = new($"tests.{Guid.NewGuid():n}");
    private readonly ActivityListener _listener;

    public SpanPrivacyTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == _source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _privacy.OnStart,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public void Start_QuestionThatNoCallLedTo_IsNotRecorded()
    {
        Activity.Current = null;

        using var poll = _source.StartActivity("find", ActivityKind.Client)!;

        Assert.False(poll.Recorded);
        Assert.False(poll.IsAllDataRequested);
    }

    [Fact]
    public void Start_QuestionOfACall_IsRecorded()
    {
        Activity.Current = null;
        using var call = _source.StartActivity("call", ActivityKind.Server)!;

        using var question = _source.StartActivity("find", ActivityKind.Client)!;

        Assert.True(call.Recorded);
        Assert.True(question.Recorded);
    }

    [Theory]
    [InlineData("/v1/connections/ada:check", "/v1/connections/{other_id}:check")]
    [InlineData("/v1/nowhere/ada", null)]
    public void End_PathOfRest_IsItsRoute(string path, string? route)
    {
        using var call = _source.StartActivity("call", ActivityKind.Server)!;
        call.SetTag("url.path", path).SetTag("http.route", route).SetTag("url.query", "?who=ada");

        _privacy.OnEnd(call);

        Assert.Equal(route, call.GetTagItem("url.path"));
        Assert.Null(call.GetTagItem("url.query"));
    }

    [Theory]
    [InlineData("http://feed:8080/v1/posts/ada?q=ada", "http://feed:8080")]
    [InlineData(
        "http://feed:8080/platform.feed.v1.PostsService/GetPost",
        "http://feed:8080/platform.feed.v1.PostsService/GetPost"
    )]
    public void End_AddressOfACall_TellsTheServiceAndAMethodOfGrpc(string full, string kept)
    {
        using var call = _source.StartActivity("call", ActivityKind.Server)!;
        call.SetTag("url.full", full);

        _privacy.OnEnd(call);

        Assert.Equal(kept, call.GetTagItem("url.full"));
    }

    [Fact]
    public void End_PathOfGrpc_Stays_AndMessagesOfExceptionsDoNot()
    {
        using var call = _source.StartActivity("call", ActivityKind.Server)!;
        call.SetTag("url.path", "/platform.feed.v1.PostsService/GetPost")
            .SetTag("exception.type", "MongoWriteException")
            .SetTag("exception.message", "duplicate key: ada|grace")
            .SetTag("exception.stacktrace", "at ... ada|grace")
            .SetTag("db.query.text", "{ _id: 'ada|grace' }")
            .SetStatus(ActivityStatusCode.Error, "ada|grace");

        _privacy.OnEnd(call);

        Assert.Equal(
            ["exception.type", "url.path"],
            call.TagObjects.Select(tag => tag.Key).Order()
        );
        Assert.Equal(ActivityStatusCode.Error, call.Status);
        Assert.Null(call.StatusDescription);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
        _privacy.Dispose();
    }
}
