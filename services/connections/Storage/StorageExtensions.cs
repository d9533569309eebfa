using Microsoft.Extensions.Options;
using Platform.Connections.Storage.Mongo;
using Platform.Connections.Storage.Sqlite;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;

namespace Platform.Connections.Storage;

/// <summary>Chooses the engine.</summary>
internal static class StorageExtensions
{
    /// <summary>Adds the stores on the engine that <c>Storage:Engine</c> names, and its health.</summary>
    public static void AddStores(this WebApplicationBuilder builder)
    {
        if (builder.AddStorageOptions().Kind == StorageEngine.MongoDb)
        {
            builder.AddMongo(
                MongoConnectionStore.Indexes,
                MongoMemberStore.Indexes,
                MongoRecommendationStore.Indexes,
                MongoDismissalStore.Indexes
            );
            builder.Services.AddSingleton<IConnectionStore, MongoConnectionStore>();
            builder.Services.AddSingleton<IMemberStore, MongoMemberStore>();
            builder.Services.AddSingleton<IRecommendationStore, MongoRecommendationStore>();
            builder.Services.AddSingleton<IDismissalStore, MongoDismissalStore>();
            return;
        }
        builder.Services.AddSingleton(services =>
            ConnectionsSchema.Open(
                services.GetRequiredService<IOptions<StorageOptions>>().Value.Path
            )
        );
        builder.Services.AddSingleton<IConnectionStore, SqliteConnectionStore>();
        builder.Services.AddSingleton<IMemberStore, SqliteMemberStore>();
        builder.Services.AddSingleton<IRecommendationStore, SqliteRecommendationStore>();
        builder.Services.AddSingleton<IDismissalStore, SqliteDismissalStore>();
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
    }
}
