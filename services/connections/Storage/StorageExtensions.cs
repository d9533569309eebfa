using Microsoft.Extensions.Options;
using Platform.Connections.Storage.Mongo;
using Platform.Connections.Storage.Sqlite;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage;

/// <summary>Chooses the engine.</summary>
internal static class StorageExtensions
{
    /// <summary>Adds the store that <c>Storage:Engine</c> names, and its health.</summary>
    public static void AddConnectionStore(this WebApplicationBuilder builder)
    {
        if (builder.AddStorageOptions().Kind == StorageEngine.MongoDb)
        {
            builder.AddMongo(MongoConnectionStore.Indexes);
            builder.Services.AddSingleton<IConnectionStore, MongoConnectionStore>();
            return;
        }
        builder.Services.AddSingleton<IConnectionStore>(services => new SqliteConnectionStore(
            services.GetRequiredService<IOptions<StorageOptions>>().Value.Path
        ));
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
    }
}
