namespace Platform.Storage.Garnet;

/// <summary>How an <see cref="EmbeddedGarnet"/> runs.</summary>
public sealed record EmbeddedGarnetOptions
{
    /// <summary>
    /// Where the log and the checkpoints live; made when missing. Null keeps everything in memory: for tests, fast, and
    /// gone at the end.
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>The loopback port to listen on; 0 chooses a free one.</summary>
    public int Port { get; init; }
}
