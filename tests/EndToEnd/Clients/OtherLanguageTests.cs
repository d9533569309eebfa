using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Platform.Testing;
using Platform.Tests.EndToEnd.Local;

namespace Platform.Tests.EndToEnd.Clients;

/// <summary>The README's first session through the gateway, by clients that are not ours: grpc-js on Node, and curl.</summary>
public sealed class OtherLanguageTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SessionLimit = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly int _httpPort = LocalProcess.FreePort();
    private readonly int _grpcPort = LocalProcess.FreePort();
    private LocalProcess _platform = null!;

    private string HttpAddress =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_httpPort}");

    public async ValueTask InitializeAsync() =>
        (_platform, _) = await LocalProcess.StartReadyAsync(_folder.Path, _httpPort, _grpcPort);

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Node_OverGrpc_RunsTheSession()
    {
        var client = Path.Combine(Folder(), "node");
        if (!Directory.Exists(Path.Combine(client, "node_modules")))
        {
            var install = await RunAsync(
                InstallLimit,
                "npm",
                ["ci", "--prefix", client, "--no-audit", "--no-fund", "--loglevel=error"]
            );
            Assert.SkipWhen(
                install.Code != 0,
                $"npm cannot install the client's packages: {install.Text}"
            );
        }

        var session = await RunAsync(
            SessionLimit,
            "node",
            [
                Path.Combine(client, "session.mjs"),
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_grpcPort}"),
                HttpAddress,
            ]
        );

        Assert.True(session.Code == 0, session.Text);
        Assert.Contains("is in the feed of bob", session.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_OverRest_RunsTheSession()
    {
        await RunAsync(SessionLimit, "curl", ["--version"]);

        var session = await RunAsync(
            SessionLimit,
            "bash",
            [Path.Combine(Folder(), "curl", "session.sh"), HttpAddress]
        );

        Assert.True(session.Code == 0, session.Text);
        Assert.Contains("is in the feed of curl-bob", session.Text, StringComparison.Ordinal);
    }

    /// <summary>Runs a program to its end; skips the test where there is no such program.</summary>
    private async Task<(int Code, string Text)> RunAsync(
        TimeSpan limit,
        string program,
        string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
        }
        using var tooLong = new CancellationTokenSource(limit);
        try
        {
            var standard = process.StandardOutput.ReadToEndAsync(tooLong.Token);
            var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
            await process.WaitForExitAsync(tooLong.Token);
            var text = await standard + await errors;
            output.WriteLine(text);
            return (process.ExitCode, text);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {limit.TotalSeconds:0} s.");
        }
    }

    /// <summary>tests/Clients.</summary>
    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "Clients"));
}
