using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

/// <summary>What every service does to a call, on a real Kestrel with a service whose one method does as its text says.</summary>
public sealed class ServicePipelineTests : IAsyncLifetime
{
    private readonly TestIdentity _identity = new();
    private readonly ErrorLog _errors = new();
    private RunningService _service = null!;

    public async ValueTask InitializeAsync() =>
        _service = await RunningService.StartAsync(Build, _identity, []);

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _identity.Dispose();
    }

    [Fact]
    public async Task Call_WithoutToken_IsRefused()
    {
        var refusal = await Refusal.OfAsync(Create(_service.WithToken(null), "ok"));
        Assert.Equal(StatusCode.Unauthenticated, refusal.Code);
        Assert.Equal(ErrorReason.CredentialsMissing, refusal.Reason);
        Assert.Equal("platform.feed.v1", refusal.Info.Domain);
    }

    [Fact]
    public async Task Call_WithForgedOrExpiredToken_IsRefused()
    {
        var forged = await Refusal.OfAsync(
            Create(_service.WithToken(_identity.ForgedToken("ada")), "ok")
        );
        Assert.Equal(ErrorReason.CredentialsInvalid, forged.Reason);
        var expired = await Refusal.OfAsync(
            Create(_service.WithToken(_identity.ExpiredToken("ada")), "ok")
        );
        Assert.Equal(ErrorReason.CredentialsExpired, expired.Reason);
    }

    [Fact]
    public async Task Call_ByMember_KnowsTheCaller()
    {
        var response = await Create(_service.As("ada"), "ok");
        Assert.Equal("ada", response.Post.Author.Id);
    }

    [Fact]
    public async Task Call_HandlerRefuses_CarriesReasonAndDetails()
    {
        var refusal = await Refusal.OfAsync(Create(_service.As("ada"), "refuse"));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        Assert.Equal(ErrorReason.CoolDown, refusal.Reason);
        Assert.Equal("2026-01-02T03:04:05.000Z", refusal.Info.Metadata["until"]);
    }

    [Fact]
    public async Task Call_Refused_IsCountedByItsReason()
    {
        var counted = new ConcurrentQueue<object?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "platform.refusals")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) => counted.Enqueue(Assert.Single(tags.ToArray()).Value)
        );
        listener.Start();

        await Create(_service.As("ada"), "ok");
        await Refusal.OfAsync(Create(_service.As("ada"), "refuse"));
        await Refusal.OfAsync(Create(_service.WithToken(null), "ok"));

        Assert.Contains("COOL_DOWN", counted);
        Assert.Contains("CREDENTIALS_MISSING", counted);
    }

    [Fact]
    public async Task Call_HandlerFails_NothingOfItLeaks()
    {
        var refusal = await Refusal.OfAsync(Create(_service.As("ada"), "fail"));
        Assert.Equal(ErrorReason.Internal, refusal.Reason);
        Assert.DoesNotContain("secret", refusal.Status.ToString(), StringComparison.Ordinal);
        Assert.Equal(32, refusal.Info.Metadata["incident"].Length);
    }

    [Fact]
    public async Task Call_MethodNotBuilt_SaysSo()
    {
        var client = new PostsService.PostsServiceClient(_service.As("ada"));
        var refusal = await Refusal.OfAsync(
            client.GetPostAsync(new GetPostRequest { PostId = "1" })
        );
        Assert.Equal(StatusCode.Unimplemented, refusal.Code);
        Assert.Equal(ErrorReason.NotImplemented, refusal.Reason);
    }

    [Fact]
    public async Task Call_DeadlinePasses_IsDeadlineExceeded()
    {
        var client = new PostsService.PostsServiceClient(_service.As("ada"));
        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.CreatePostAsync(
                new CreatePostRequest { Text = "hang" },
                deadline: DateTime.UtcNow.AddMilliseconds(200)
            )
        );
        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
    }

    [Fact]
    public async Task Rest_Call_IsTranscodedWithItsErrors()
    {
        using var http = Http2Client();
        using var anonymous = await http.GetAsync(
            new Uri("/v1/posts/1", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Contains(
            "CREDENTIALS_MISSING",
            await anonymous.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );

        http.DefaultRequestHeaders.Add("authorization", $"Bearer {_identity.Token("ada")}");
        using var unbuilt = await http.GetAsync(
            new Uri("/v1/posts/1", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.NotImplemented, unbuilt.StatusCode);
        var body = await unbuilt.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"reason\"", body, StringComparison.Ordinal);
        Assert.Contains("NOT_IMPLEMENTED", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/v1/posts", "{not json")]
    [InlineData("POST", "/v1/posts", """{"audience":"POST_AUDIENCE_NOBODY_KNOWS"}""")]
    [InlineData("POST", "/v1/posts", """{"text":[1]}""")]
    [InlineData("GET", "/v1/posts?author.kind=ENTITY_KIND_NOBODY_KNOWS", "")]
    [InlineData("GET", "/v1/posts?pageSize=many", "")]
    public async Task Rest_CallThatCannotBeRead_IsRefusedWithReason(
        string method,
        string path,
        string body
    )
    {
        using var http = Http2Client();
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            new Uri(path, UriKind.Relative)
        )
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        request.Headers.Authorization = new("Bearer", _identity.Token("ada"));
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using var refusal = JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        var info = refusal.RootElement.GetProperty("details")[0];
        Assert.Equal("INVALID_REQUEST", info.GetProperty("reason").GetString());
        Assert.Equal("platform.feed.v1", info.GetProperty("domain").GetString());
    }

    [Fact]
    public async Task Rest_RefusalOfTheMethod_StaysAsItIs()
    {
        using var http = Http2Client();
        http.DefaultRequestHeaders.Add("authorization", $"Bearer {_identity.Token("ada")}");
        using var content = new StringContent(
            """{"text":"refuse"}""",
            Encoding.UTF8,
            "application/json"
        );

        using var answer = await http.PostAsync(
            new Uri("/v1/posts", UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            "COOL_DOWN",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Health_Anonymous_IsServing()
    {
        var client = new Grpc.Health.V1.Health.HealthClient(_service.WithToken(null));
        var response = await client.CheckAsync(new Grpc.Health.V1.HealthCheckRequest());
        Assert.Equal(
            Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving,
            response.Status
        );
    }

    [Fact]
    public async Task Start_WithoutIssuers_NamesTheSetting()
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var app = PlatformApp
                .CreateBuilder(
                    "test",
                    [],
                    builder =>
                        Microsoft.AspNetCore.Hosting.HostingAbstractionsWebHostBuilderExtensions.UseUrls(
                            builder.WebHost,
                            "http://127.0.0.1:0"
                        )
                )
                .Build();
            await app.StartAsync(TestContext.Current.CancellationToken);
        });
        Assert.Contains("Auth:Issuers:0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_PipelineFails_IsLogged()
    {
        using var http = Http2Client();
        http.DefaultRequestHeaders.Add("authorization", $"Bearer {_identity.Token("ada")}");
        using var answer = await http.GetAsync(
            new Uri("/broken", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        await Eventually.HoldsAsync(
            "the failure in the log",
            () =>
                Task.FromResult(_errors.Logged.Any(failure => failure is InvalidOperationException))
        );
    }

    [Fact]
    public async Task Call_NobodyTakesTraces_MakesNoActivity()
    {
        Assert.Equal("", (await Create(_service.As("ada"), "activity")).Post.Text);
    }

    private HttpClient Http2Client() =>
        new()
        {
            BaseAddress = new Uri(_service.Address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private static AsyncUnaryCall<CreatePostResponse> Create(CallInvoker invoker, string text) =>
        new PostsService.PostsServiceClient(invoker).CreatePostAsync(
            new CreatePostRequest { Text = text }
        );

    private WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = PlatformApp.CreateBuilder("test", args, configure);
        builder.Logging.AddProvider(_errors);
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGet(
            "/broken",
            string () => throw new InvalidOperationException("in front of every interceptor")
        );
        app.MapGrpcService<ObedientPosts>();
        return app;
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<Exception> Logged { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel >= LogLevel.Error && exception is not null)
            {
                Logged.Enqueue(exception);
            }
        }

        public void Dispose() { }
    }

    private sealed class ObedientPosts : PostsService.PostsServiceBase
    {
        public override async Task<CreatePostResponse> CreatePost(
            CreatePostRequest request,
            ServerCallContext context
        )
        {
            switch (request.Text)
            {
                case "refuse":
                    throw new DomainException(ErrorReason.CoolDown, "Not yet.").With(
                        "until",
                        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)
                    );
                case "fail":
                    throw new InvalidOperationException("a secret of the driver");
                case "hang":
                    await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
                    break;
            }
            var caller = context.GetCaller();
            return new CreatePostResponse
            {
                Post = new Post
                {
                    Text = request.Text == "activity" ? Activity.Current?.Id ?? "" : "",
                    Author = new Entity
                    {
                        Kind = EntityKind.Member,
                        Id = caller.ActAs(request.MemberId),
                    },
                },
            };
        }
    }
}
