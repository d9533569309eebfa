using Platform.Testing;
using Platform.Tests.EndToEnd.Local;

namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>A deploy/local that sends to a collector.</summary>
public sealed class LocalTelemetryFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _httpPort = LocalProcess.FreePort();
    private readonly int _grpcPort = LocalProcess.FreePort();
    private LocalProcess? _process;

    public OtlpReceiver Receiver { get; private set; } = null!;

    public PlatformEndpoint Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        (_process, _) = await LocalProcess.StartReadyAsync(
            _folder.Path,
            _httpPort,
            _grpcPort,
            "--verbose",
            TelemetryScenarios.Variables(Receiver)
        );
        Platform = PlatformEndpoint.OfLocalMode(
            $"http://127.0.0.1:{_httpPort}",
            $"http://127.0.0.1:{_grpcPort}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        Platform?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        if (Receiver is not null)
        {
            await Receiver.DisposeAsync();
        }
        _folder.Dispose();
    }
}
