using Platform.Connections.Client;
using Platform.Follows.Follows;
using Platform.Follows.Limits;
using Platform.Follows.Members;
using Platform.Follows.Mutes;
using Platform.Follows.Operations;
using Platform.Follows.Settings;
using Platform.Follows.Storage;
using Platform.Follows.Visibility;
using Platform.Follows.Watch;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Limits;
using Platform.Storage.Redis;

namespace Platform.Follows;

/// <summary>The follows service, on its own or in a process with others.</summary>
public static class FollowsApp
{
    /// <param name="configure">Runs before anything reads configuration.</param>
    public static WebApplication Build(
        string[] args,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = PlatformApp.CreateBuilder("follows", args, configure);
        builder.AddRedis();
        builder.AddValidatedOptions<FollowsOptions>(FollowsOptions.Section);
        builder.AddTierPolicy<FollowLimitsOptions, FollowLimitsSource>(FollowLimitsOptions.Section);
        builder.AddConnectionChanges<ConnectionChangesConsumer>();
        builder.AddConnectionsWarmUp<FollowsOptions>(options => options.ConnectionsTimeout);
        builder.Services.AddSingleton<IFollowStore, RedisFollowStore>();
        builder.Services.AddSingleton<IMuteStore, RedisMuteStore>();
        builder.Services.AddSingleton<IMemberStore, RedisMemberStore>();
        builder.Services.AddSingleton<IFollowRecord, RedisFollowRecord>();
        builder.Services.AddSingleton<IConnectionCheck, GrpcConnectionCheck>();
        builder.Services.AddSingleton<FollowJournal>();
        builder.Services.AddSingleton<FollowPermissions>();
        builder.Services.AddSingleton<FollowsHandler>();
        builder.Services.AddSingleton<FollowChecks>();
        builder.Services.AddSingleton<FollowerCounts>();
        builder.Services.AddSingleton<MutesHandler>();
        builder.Services.AddSingleton<FollowSettingsHandler>();
        builder.Services.AddSingleton<FollowFeed>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FollowFeed>());
        builder.Services.AddSingleton<FollowWatchHandler>();
        builder.Services.AddSingleton<FollowExport>();
        builder.Services.AddSingleton<FollowVerifier>();
        builder.Services.AddSingleton<FollowEraser>();
        builder.Services.AddHostedService<JournalWorker>();
        builder.Services.AddHostedService<ErasureWorker>();
        builder.Services.AddHostedService<RecordTrimWorker>();
        // gRPC classes hold no state of a call
        builder.Services.AddSingleton<FollowsGrpcService>();
        builder.Services.AddSingleton<FollowSettingsGrpcService>();
        builder.Services.AddSingleton<FollowsOperationsGrpcService>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<FollowsGrpcService>();
        app.MapGrpcService<FollowSettingsGrpcService>();
        app.MapGrpcService<FollowsOperationsGrpcService>();
        return app;
    }
}
