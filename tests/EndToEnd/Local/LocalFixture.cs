using Platform.Testing;
using Platform.Tests.EndToEnd.Local;

[assembly: AssemblyFixture(typeof(LocalFixture))]

namespace Platform.Tests.EndToEnd.Local;

/// <summary>One deploy/local for all tests that do not need one of their own.</summary>
public sealed class LocalFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _httpPort = LocalProcess.FreePort();
    private readonly int _grpcPort = LocalProcess.FreePort();

    public LocalProcess Process { get; private set; } = null!;

    /// <summary>From the start of the process to the first 200 of <c>/health</c>.</summary>
    public TimeSpan Ready { get; private set; }

    /// <summary>What it had complained of when it was ready; later complaints are about what tests do to it.</summary>
    public string StartErrors { get; private set; } = "";

    public PlatformEndpoint Platform { get; private set; } = null!;

    public string HttpAddress => $"http://127.0.0.1:{_httpPort}";

    public string GrpcAddress => $"http://127.0.0.1:{_grpcPort}";

    public string DataFolder => _folder.Path;

    public async ValueTask InitializeAsync()
    {
        (Process, Ready) = await LocalProcess.StartReadyAsync(DataFolder, _httpPort, _grpcPort);
        StartErrors = Process.Errors;
        Platform = PlatformEndpoint.OfLocalMode(HttpAddress, GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        Platform?.Dispose();
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }
        _folder.Dispose();
    }
}
