using System.Text.Json;
using Platform.Benchmarks.Harness;
using Platform.Testing;
using Platform.Testing.Graphs;

namespace Platform.Benchmarks.Suites;

/// <summary>deploy/local as a newcomer runs it, on a real graph, beside a bare echo.</summary>
public static class LocalSuite
{
    /// <summary>Runs the suite; the exit code is 1 when a call failed.</summary>
    public static async Task<int> RunAsync(FileInfo edges, int calls, int inFlight)
    {
        using var folder = new TemporaryFolder();
        int http = Ports.Free(),
            grpc = Ports.Free();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
        await using var platform = await ServerProcess.StartAsync(
            ServerProcess.Beside("Platform.Local.dll"),
            ["--data", folder.Path, "--http-port", $"{http}", "--grpc-port", $"{grpc}"],
            () => IsHealthyAsync(client)
        );
        await using var echo = await EchoProcess.StartAsync();
        var address = new Uri($"http://127.0.0.1:{grpc}");
        await EdgeImport.RunAsync(edges, client.BaseAddress, address, token: null);
        using var figures = new PlatformFigures(address, await TokenAsync(client), platform, echo);
        var good = Report.Print(
            $"deploy/local, {edges.Name}, {calls:N0} calls, {inFlight} in flight",
            await figures.MeasureAsync(EdgeFile.Read(edges), calls, inFlight)
        );
        Console.WriteLine(
            $"\nresident memory of deploy/local afterwards: {platform.ResidentBytes / 1e6:N0} MB"
        );
        return good ? 0 : 1;
    }

    private static async Task<string> TokenAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync(
            new Uri("/dev/token", UriKind.Relative),
            new
            {
                member_id = "benchmarks",
                role = "service",
                tier = "bulk",
            }
        );
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("token").GetString()!;
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
