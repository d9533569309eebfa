using Platform.Benchmarks.Harness;
using Platform.Testing.Graphs;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// The same figures as <see cref="LocalSuite"/>, of a platform that runs already, such as that of deploy/compose with MongoDB and Redis. The
/// echo runs on this machine, so the ratio means something when the platform does too.
/// </summary>
public static class DeployedSuite
{
    /// <summary>Runs the suite; the exit code is 1 when a call failed.</summary>
    public static async Task<int> RunAsync(
        FileInfo edges,
        int calls,
        int inFlight,
        Uri http,
        Uri grpc,
        string token
    )
    {
        await using var echo = await EchoProcess.StartAsync();
        await EdgeImport.RunAsync(edges, http, grpc, token);
        using var figures = new PlatformFigures(grpc, token, server: null, echo);
        return Report.Print(
            $"{grpc}, {edges.Name}, {calls:N0} calls, {inFlight} in flight",
            await figures.MeasureAsync(EdgeFile.Read(edges), calls, inFlight)
        )
            ? 0
            : 1;
    }
}
