using Microsoft.Extensions.Options;
using Platform.Messaging.Storage.Sqlite;
using Platform.ServiceDefaults.Storage;

namespace Platform.Messaging.Storage;

/// <summary>Chooses the engine.</summary>
internal static class StorageExtensions
{
    /// <summary>Adds the store that <c>Storage:Engine</c> names, and its health.</summary>
    public static void AddMessageStore(this WebApplicationBuilder builder)
    {
        builder.AddStorageOptions();
        builder.Services.AddSingleton<IMessageStore>(services => new SqliteMessageStore(
            services.GetRequiredService<IOptions<StorageOptions>>().Value.Path,
            services.GetRequiredService<TimeProvider>()
        ));
        builder.Services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
    }
}
