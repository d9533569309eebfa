using Microsoft.Extensions.Options;
using Platform.Feed.Storage.Mongo;
using Platform.Feed.Storage.Sqlite;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;

namespace Platform.Feed.Storage;

/// <summary>Chooses the engine.</summary>
internal static class StorageExtensions
{
    /// <summary>Adds the store that <c>Storage:Engine</c> names, and its health.</summary>
    public static void AddPostStore(this WebApplicationBuilder builder)
    {
        if (builder.AddStorageOptions().Kind == StorageEngine.MongoDb)
        {
            builder.AddMongo(MongoPostStore.Indexes);
            builder.Services.AddSingleton<IPostStore, MongoPostStore>();
            return;
        }
        builder.Services.AddSingleton<IPostStore>(services => new SqlitePostStore(
            services.GetRequiredService<IOptions<StorageOptions>>().Value.Path
        ));
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
    }
}
