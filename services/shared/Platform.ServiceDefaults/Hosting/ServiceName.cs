namespace Platform.ServiceDefaults.Hosting;

/// <summary>What this service calls itself: in telemetry, and as the subject of its tokens.</summary>
public sealed record ServiceName(string Name);
