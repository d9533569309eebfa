namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>Each service in a process of its own, on MongoDB and Redis.</summary>
public sealed class ProcessesTelemetryTests(ProcessesTelemetryFixture processes)
    : TelemetryScenarios,
        IClassFixture<ProcessesTelemetryFixture>
{
    protected override OtlpReceiver Receiver => processes.Receiver;

    protected override string Database => "mongodb";

    protected override ValueTask<PlatformEndpoint> PlatformAsync() => new(processes.OrSkip());
}
