namespace Platform.ServiceDefaults.Storage;

/// <summary>The engines that keep documents.</summary>
public enum StorageEngine
{
    /// <summary>One file, for one process.</summary>
    Sqlite,

    /// <summary>A replica set or a sharded cluster.</summary>
    MongoDb,
}
