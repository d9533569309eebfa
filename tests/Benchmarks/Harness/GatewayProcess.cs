using Grpc.Core;
using Grpc.Net.Client;
using Platform.Testing;

namespace Platform.Benchmarks.Harness;

/// <summary>The gateway in a process of its own, on free ports of loopback.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly string[] Services = ["Connections", "Follows", "Messaging", "Feed"];

    private readonly GrpcChannel _channel;

    private GatewayProcess(ServerProcess server, GrpcChannel channel) =>
        (Server, _channel) = (server, channel);

    /// <summary>The process, for its processor time.</summary>
    public ServerProcess Server { get; }

    /// <summary>Starts it; a service without an address among the settings is nowhere.</summary>
    /// <param name="identity">Whose tokens it believes.</param>
    /// <param name="settings">On its command line.</param>
    /// <param name="ready">Whether it answers, asked with a good token.</param>
    public static async Task<GatewayProcess> StartAsync(
        TestIdentity identity,
        IReadOnlyList<string> settings,
        Func<CallInvoker, Task<bool>> ready
    )
    {
        var grpc = Ports.Free();
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpc}");
        var token = identity.Token("ready");
        var server = await ServerProcess.StartAsync(
            ServerProcess.Beside("Platform.Gateway.dll"),
            [
                "--Gateway:Address=loopback",
                "--Gateway:HttpPort=0",
                $"--Gateway:GrpcPort={grpc}",
                .. Services.Select(name => $"--Services:{name}:Address=http://127.0.0.1:1"),
                .. identity.Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
                // the last of a name counts
                .. settings,
            ],
            () => ready(new TokenCallInvoker(channel.CreateCallInvoker(), token))
        );
        return new GatewayProcess(server, channel);
    }

    /// <summary>Calls through it with a token.</summary>
    public CallInvoker Invoker(string token) =>
        new TokenCallInvoker(_channel.CreateCallInvoker(), token);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Server.DisposeAsync();
    }
}
