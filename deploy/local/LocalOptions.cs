namespace Platform.Local;

/// <summary>How local mode runs.</summary>
public sealed record LocalOptions
{
    /// <summary>The folder of all data: databases, the log of the embedded store, keys.</summary>
    public string DataFolder { get; init; } = "./data";

    /// <summary>The gateway's port for REST; 0 takes a free one.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>The gateway's port for gRPC; 0 takes a free one.</summary>
    public int GrpcPort { get; init; } = 8081;

    /// <summary>Log more than warnings.</summary>
    public bool Verbose { get; init; }
}
