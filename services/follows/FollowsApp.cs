using Platform.Follows.Follows;
using Platform.Follows.Operations;
using Platform.Follows.Settings;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Hosting;
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
        builder.Services.AddSingleton<IFollowStore, RedisFollowStore>();
        builder.Services.AddSingleton<FollowJournal>();
        builder.Services.AddSingleton<FollowsHandler>();
        builder.Services.AddSingleton<FollowExport>();
        builder.Services.AddHostedService<JournalWorker>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<FollowsGrpcService>();
        app.MapGrpcService<FollowSettingsGrpcService>();
        app.MapGrpcService<FollowsOperationsGrpcService>();
        return app;
    }
}
