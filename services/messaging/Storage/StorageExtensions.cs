using Microsoft.Extensions.DependencyInjection.Extensions;
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
            builder.Services.AddSingleton<IMemberStore, MongoMemberStore>();
            builder.Services.AddSingleton<IRecordPositionStore, MongoRecordPositionStore>();
            return;
        }
        // a host that runs several replicas in one process gives them one: a file has one owner
        builder.Services.TryAddSingleton(services =>
            SqliteMessageStore.Open(
                services.GetRequiredService<IOptions<StorageOptions>>().Value.Path
            )
        );
        builder.Services.AddSingleton<IMessageStore, SqliteMessageStore>();
        builder.Services.AddSingleton<IMemberStore, SqliteMemberStore>();
        builder.Services.AddSingleton<IRecordPositionStore, SqliteRecordPositionStore>();
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
    }
}
