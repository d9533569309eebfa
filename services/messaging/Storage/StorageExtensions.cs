using Microsoft.Extensions.Options;
using Platform.Messaging.Storage.Mongo;
using Platform.Messaging.Storage.Sqlite;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;

namespace Platform.Messaging.Storage;

/// <summary>Chooses the engine.</summary>
internal static class StorageExtensions
{
    /// <summary>Adds the store that <c>Storage:Engine</c> names, and its health.</summary>
    public static void AddMessageStore(this WebApplicationBuilder builder)
    {
        if (builder.AddStorageOptions().Kind == StorageEngine.MongoDb)
        {
            builder.AddMongo(MongoMessageStore.Indexes);
            builder.Services.AddSingleton<IMessageStore, MongoMessageStore>();
            return;
        }
        builder.Services.AddSingleton<IMessageStore>(services => new SqliteMessageStore(
            services.GetRequiredService<IOptions<StorageOptions>>().Value.Path,
            services.GetRequiredService<TimeProvider>()
        ));
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
    }
}
