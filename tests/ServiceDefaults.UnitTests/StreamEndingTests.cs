using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Common.V1;
using Platform.Feed.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Streaming;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

/// <summary>Streams that give up their reader in the middle of a write, on a real Kestrel.</summary>
public sealed class StreamEndingTests : IDisposable
{
    private readonly TestIdentity _identity = new();
    private readonly ImpatientFeed _feed = new();

    public void Dispose() => _identity.Dispose();

    [Fact]
    public async Task Stream_GivesUpItsReaderAmidAWrite_HarmsNoLaterCall()
    {
        // whether the next call of the connection is harmed is a race
        const int Rounds = 150;
        await using var service = await StartAsync(patience: TimeSpan.FromSeconds(30));
        var client = new HomeFeedService.HomeFeedServiceClient(service.As("ada"));
        for (var round = 0; round < Rounds; round++)
        {
            using var call = client.WatchHomeFeed(new WatchHomeFeedRequest());
            await _feed.GaveUpAsync();

            var refusal = await Refusal.OfAsync(() => ReadToTheEndAsync(call));
            var next = await client.ListHomeFeedAsync(
                new ListHomeFeedRequest(),
                // the client library reads the real clock
                deadline: DateTime.UtcNow.AddSeconds(20)
            );

            Assert.Equal(ErrorReason.SlowConsumer, refusal.Reason);
            Assert.Equal("next", next.NextPageToken);
        }
    }

    [Fact]
    public async Task Stream_ReaderNeverTakesWhatWasSent_IsReset()
    {
        await using var service = await StartAsync(patience: TimeSpan.FromMilliseconds(50));
        var client = new HomeFeedService.HomeFeedServiceClient(service.As("ada"));
        using var call = client.WatchHomeFeed(new WatchHomeFeedRequest());
        await _feed.GaveUpAsync();

        var aborted = await _feed.EndedAsync();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => ReadToTheEndAsync(call));
        var next = await client.ListHomeFeedAsync(new ListHomeFeedRequest());

        Assert.True(aborted);
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("next", next.NextPageToken);
    }

    [Fact]
    public async Task Stream_ReaderNeverTakesWhatWasSent_DoesNotHoldUpTheEndOfTheProcess()
    {
        await using var service = await StartAsync(patience: TimeSpan.FromMinutes(5));
        var client = new HomeFeedService.HomeFeedServiceClient(service.As("ada"));
        using var call = client.WatchHomeFeed(new WatchHomeFeedRequest());
        await _feed.GaveUpAsync();

        service.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.True(await _feed.EndedAsync());
    }

    private static async Task ReadToTheEndAsync(
        AsyncServerStreamingCall<WatchHomeFeedResponse> call
    )
    {
        await foreach (var _ in call.ResponseStream.ReadAllAsync()) { }
    }

    private Task<RunningService> StartAsync(TimeSpan patience) =>
        RunningService.StartAsync(
            (args, configure) =>
            {
                var builder = PlatformApp.CreateBuilder("test", args, configure);
                builder.Services.AddSingleton(_feed);
                var app = builder.Build();
                app.MapServiceDefaults();
                app.MapGrpcService<ImpatientFeed>();
                return app;
            },
            _identity,
            [new($"{StreamEndingOptions.Section}:Patience", patience.ToString("c"))]
        );

    /// <summary>Sends as much as the reader takes, and gives it up at once when it takes no more.</summary>
    private sealed class ImpatientFeed : HomeFeedService.HomeFeedServiceBase
    {
        private readonly Channel<bool> _gaveUp = Channel.CreateUnbounded<bool>();
        private readonly TaskCompletionSource<bool> _aborted = new();

        public Task GaveUpAsync() =>
            _gaveUp.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        /// <summary>Ends with the call; whether that was aborted.</summary>
        public Task<bool> EndedAsync() => _aborted.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public override async Task WatchHomeFeed(
            WatchHomeFeedRequest request,
            IServerStreamWriter<WatchHomeFeedResponse> responseStream,
            ServerCallContext context
        )
        {
            context.CancellationToken.Register(() => _aborted.TrySetResult(true));
            var much = new WatchHomeFeedResponse { Cursor = new string('x', 200_000) };
            while (true)
            {
                try
                {
                    await responseStream.WriteAsync(much).WaitAsync(TimeSpan.FromMilliseconds(20));
                }
                catch (TimeoutException)
                {
                    _gaveUp.Writer.TryWrite(true);
                    throw new DomainException(ErrorReason.SlowConsumer, "Too slow.");
                }
            }
        }

        public override Task<ListHomeFeedResponse> ListHomeFeed(
            ListHomeFeedRequest request,
            ServerCallContext context
        ) => Task.FromResult(new ListHomeFeedResponse { NextPageToken = "next" });
    }
}
