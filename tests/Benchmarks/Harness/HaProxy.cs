using Grpc.Net.Client;
using Platform.Testing;

namespace Platform.Benchmarks.Harness;

/// <summary>HAProxy before an echo, HTTP/2 in clear on both sides: what a proxy costs that does nothing else.</summary>
public sealed class HaProxy : IAsyncDisposable
{
    private const string Program = "haproxy";

    private readonly TemporaryFolder _folder;
    private readonly GrpcChannel _channel;

    private HaProxy(ServerProcess server, TemporaryFolder folder, GrpcChannel channel) =>
        (Server, _folder, _channel) = (server, folder, channel);

    /// <summary>The process, for its processor time.</summary>
    public ServerProcess Server { get; }

    /// <summary>Calls through it.</summary>
    public Grpc.Core.CallInvoker Invoker => _channel.CreateCallInvoker();

    /// <summary>Starts one.</summary>
    /// <returns>It, or why there is none.</returns>
    public static async Task<(HaProxy? Proxy, string Problem)> StartAsync(int echoPort)
    {
        if (InstalledProgram.Find(Program) is not { } program)
        {
            return (null, $"no {Program} is installed");
        }
        var folder = new TemporaryFolder();
        var port = Ports.Free();
        var file = Path.Combine(folder.Path, "haproxy.cfg");
        await File.WriteAllTextAsync(
            file,
            $"""
            defaults
                mode http
                timeout connect 3s
                timeout client 1m
                timeout server 1m
            frontend calls
                bind 127.0.0.1:{port} proto h2
                default_backend echo
            backend echo
                server one 127.0.0.1:{echoPort} proto h2

            """
        );
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var server = await ServerProcess.StartProgramAsync(
            program,
            ["-f", file],
            () => EchoProcess.AnswersAsync(channel.CreateCallInvoker())
        );
        return (new HaProxy(server, folder, channel), "");
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
