using Platform.Connections.V1;
using Platform.Feed.FanOut;
using Platform.Feed.HomeFeed;
using Platform.Feed.Operations;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.Feed.Watch;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Hosting;
using Platform.Storage.Redis;

namespace Platform.Feed;

/// <summary>The feed service.</summary>
public static class FeedApp
{
    public static WebApplication Build(
        string[] args,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = PlatformApp.CreateBuilder("feed", args, configure);
        builder.AddRedis();
        builder.AddPosts().AddSources().AddTimelines().AddFanOut().AddWatch().AddOperations();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<PostsGrpcService>();
        app.MapGrpcService<HomeFeedGrpcService>();
        app.MapGrpcService<FeedOperationsGrpcService>();
        return app;
    }

    private static WebApplicationBuilder AddPosts(this WebApplicationBuilder builder)
    {
        builder.AddPostStore();
        builder.AddValidatedOptions<PostOptions>("Feed:Posts");
        builder.Services.AddSingleton<PostIdGenerator>();
        builder.Services.AddSingleton<PostIdNode>();
        builder.Services.AddSingleton<PostIdStart>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PostIdStart>());
        builder.Services.AddHostedService<PostIdNodeWorker>();
        builder.Services.AddSingleton<IPostChanges, RedisPostChanges>();
        builder.Services.AddSingleton<CachedPosts>();
        builder.Services.AddSingleton<PostsHandler>();
        return builder;
    }

    private static WebApplicationBuilder AddSources(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<SourceOptions>("Feed:Sources");
        builder.AddPlatformGrpcClient<ConnectionsService.ConnectionsServiceClient>("Connections");
        builder.AddPlatformGrpcClient<BlocksService.BlocksServiceClient>("Connections");
        builder.AddPlatformGrpcClient<FollowsService.FollowsServiceClient>("Follows");
        builder.Services.AddSingleton<SourceCall>();
        builder.Services.AddSingleton<IConnectionsSource, GrpcConnectionsSource>();
        builder.Services.AddSingleton<IFollowsSource, GrpcFollowsSource>();
        builder.Services.AddSingleton(typeof(ToldFacts<>));
        builder.Services.AddSingleton<CachedConnections>();
        builder.Services.AddSingleton<CachedFollows>();
        builder.Services.AddHostedService<ConnectionFactsWorker>();
        builder.Services.AddHostedService<FollowFactsWorker>();
        return builder;
    }

    private static WebApplicationBuilder AddTimelines(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<TimelineOptions>("Feed:Timelines");
        builder.Services.AddSingleton<ITimelineStore, RedisTimelineStore>();
        builder.Services.AddSingleton<UnpushedPosts>();
        builder.Services.AddSingleton<TimelineBuilder>();
        builder.Services.AddSingleton<RememberedViews>();
        builder.Services.AddSingleton<HomeFeedHandler>();
        return builder;
    }

    private static WebApplicationBuilder AddFanOut(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<FanOutOptions>("Feed:FanOut");
        builder.Services.AddSingleton<FeedMetrics>();
        builder.Services.AddSingleton<FanOutSignal>();
        builder.Services.AddSingleton<DeliveryHandler>();
        builder.Services.AddHostedService<FanOutWorker>();
        builder.Services.AddHostedService<BacklogWorker>();
        return builder;
    }

    private static WebApplicationBuilder AddWatch(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<WatchOptions>("Feed:Watch");
        builder.Services.AddSingleton<WatchedFeeds>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WatchedFeeds>());
        builder.Services.AddSingleton<WatchHandler>();
        return builder;
    }

    private static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<OperationOptions>("Feed:Operations");
        builder.Services.AddSingleton<TimelineWalk>();
        builder.Services.AddSingleton<RebuildHandler>();
        builder.Services.AddSingleton<VerifyHandler>();
        return builder;
    }
}
