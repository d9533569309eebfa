using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Dashboards;

/// <summary>
/// Prometheus with deploy/telemetry/prometheus.yaml and its rules, in a process of its own. Only the addresses are others, and it looks
/// every second.
/// </summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly HttpClient _http;

    private PrometheusServer(ServerProcess process, HttpClient http) =>
        (_process, _http) = (process, http);

    public sealed record Alert(string Name, string State, string Health);

    /// <summary>The program, where it is installed.</summary>
    public static string? Program =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(static folder => Path.Combine(folder, "prometheus"))
            .FirstOrDefault(File.Exists);

    public static async Task<PrometheusServer> StartAsync(
        string telemetry,
        string target,
        TemporaryFolder folder
    )
    {
        var configuration = folder.File("prometheus.yaml");
        await File.WriteAllTextAsync(
            configuration,
            Interval()
                .Replace(
                    await File.ReadAllTextAsync(Path.Combine(telemetry, "prometheus.yaml")),
                    "1s"
                )
                .Replace("/etc/prometheus/", $"{telemetry}/", StringComparison.Ordinal)
                .Replace("collector:8889", target, StringComparison.Ordinal)
        );
        var port = Ports.Free();
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var process = await ServerProcess.StartProgramAsync(
            Program!,
            [
                $"--config.file={configuration}",
                $"--storage.tsdb.path={folder.File("prometheus")}",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--web.listen-address=127.0.0.1:{port}"
                ),
                "--log.level=error",
            ],
            async () =>
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri("/-/ready", UriKind.Relative));
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false; // Not listening yet.
                }
            }
        );
        return new PrometheusServer(process, http);
    }

    /// <summary>How many series of an expression have a number now; one that Prometheus cannot read fails the test.</summary>
    public async Task<int> CountAsync(string expression)
    {
        var data = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        return data.GetProperty("result")
            .EnumerateArray()
            .Count(static series =>
                series.GetProperty("value")[1].GetString() is not ("NaN" or "+Inf" or "-Inf")
            );
    }

    /// <summary>The rules as they stand.</summary>
    public async Task<IReadOnlyList<Alert>> AlertsAsync()
    {
        var data = await GetAsync("/api/v1/rules?type=alert");
        return
        [
            .. data.GetProperty("groups")
                .EnumerateArray()
                .SelectMany(static group => group.GetProperty("rules").EnumerateArray())
                .Select(static rule => new Alert(
                    rule.GetProperty("name").GetString()!,
                    rule.GetProperty("state").GetString()!,
                    rule.GetProperty("health").GetString()!
                )),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{Uri.UnescapeDataString(path)}: {text}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("data").Clone();
    }

    [GeneratedRegex("(?<=_interval: )[0-9]+s")]
    private static partial Regex Interval();
}
