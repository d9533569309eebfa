namespace Platform.Storage.Redis;

/// <summary>Section <c>Redis</c>: where Redis is, standalone or Cluster.</summary>
public sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary>Required, as StackExchange.Redis reads it: <c>host:port[,host:port...][,name=value...]</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Put before every key, so that several installations may share a Redis. It must not hold braces: what stands
    /// between braces chooses the slot of a key.
    /// </summary>
    public string KeyPrefix { get; set; } = "";

    /// <summary>
    /// How long a command may take before it counts as STORE_UNAVAILABLE. Below the usual deadline of a caller (a few
    /// seconds), so that the caller learns the reason and not only that its own deadline passed.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection may take to be made. While there is none, commands fail at once, and it is tried again.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
