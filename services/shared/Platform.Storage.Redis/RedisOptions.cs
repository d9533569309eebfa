using Platform.ServiceDefaults.Hosting;
using StackExchange.Redis;

namespace Platform.Storage.Redis;

/// <summary>Section <c>Redis</c>: where Redis is, standalone or Cluster.</summary>
public sealed class RedisOptions : IValidatedOptions
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

    public IEnumerable<string> Validate()
    {
        if (ProblemOfConnectionString() is { } problem)
        {
            yield return $"{Section}:{nameof(ConnectionString)} {problem}";
        }
        if (KeyPrefix.AsSpan().ContainsAny('{', '}') || KeyPrefix.Any(char.IsWhiteSpace))
        {
            yield return $"{Section}:{nameof(KeyPrefix)} must hold no braces and no blanks.";
        }
        if (!IsSensible(CommandTimeout))
        {
            yield return $"{Section}:{nameof(CommandTimeout)} must lie between 00:00:00.050 and 00:01:00.";
        }
        if (!IsSensible(ConnectTimeout))
        {
            yield return $"{Section}:{nameof(ConnectTimeout)} must lie between 00:00:00.050 and 00:01:00.";
        }
    }

    private static bool IsSensible(TimeSpan timeout) =>
        timeout >= TimeSpan.FromMilliseconds(50) && timeout <= TimeSpan.FromMinutes(1);

    private string? ProblemOfConnectionString()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            return "is required, for example `redis:6379`.";
        }
        try
        {
            return ConfigurationOptions.Parse(ConnectionString).EndPoints.Count == 0
                ? "names no server."
                : null;
        }
        catch (ArgumentException exception)
        {
            return $"cannot be read: {exception.Message}";
        }
    }
}
