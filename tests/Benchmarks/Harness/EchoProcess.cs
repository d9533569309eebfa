using Grpc.Core;
using Grpc.Net.Client;
using Platform.Testing;

namespace Platform.Benchmarks.Harness;

/// <summary>The bare echo in a process of its own, and a way to call it.</summary>
public sealed class EchoProcess : IAsyncDisposable
{
    private readonly GrpcChannel _channel;

    private EchoProcess(ServerProcess server, GrpcChannel channel, int port)
    {
        (Server, _channel, Port) = (server, channel, port);
        Invoker = channel.CreateCallInvoker();
    }

    /// <summary>The process, for its processor time.</summary>
    public ServerProcess Server { get; }

    /// <summary>Where it listens, on loopback.</summary>
    public int Port { get; }

    /// <summary>Calls it.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<EchoProcess> StartAsync()
    {
        var port = Ports.Free();
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var server = await ServerProcess.StartAsync(
            ServerProcess.Beside("Benchmarks.dll"),
            ["echo", $"{port}"],
            () => AnswersAsync(channel.CreateCallInvoker())
        );
        return new EchoProcess(server, channel, port);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Whether an echo answers, here or through a proxy.</summary>
    public static async Task<bool> AnswersAsync(CallInvoker invoker)
    {
        try
        {
            await EchoService.CallAsync(invoker, EchoService.Request(4, 4));
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
