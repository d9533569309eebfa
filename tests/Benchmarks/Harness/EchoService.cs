using System.Buffers.Binary;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Platform.Benchmarks.Harness;

/// <summary>
/// The limit: a grpc-dotnet server that does nothing. No identity, no interceptor; the request says in its first four bytes how
/// large the answer shall be.
/// </summary>
public sealed class EchoService : EchoServiceBase
{
    /// <summary>Starts an echo server and runs until the process is ended.</summary>
    public static async Task ServeAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
            options.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<EchoService>();
        await app.RunAsync();
    }

    /// <summary>A request that is answered with <paramref name="answerBytes"/> bytes.</summary>
    public static byte[] Request(int requestBytes, int answerBytes)
    {
        var request = new byte[Math.Max(4, requestBytes)];
        BinaryPrimitives.WriteInt32LittleEndian(request, answerBytes);
        return request;
    }

    /// <summary>Calls an echo server.</summary>
    public static AsyncUnaryCall<byte[]> CallAsync(CallInvoker invoker, byte[] request) =>
        invoker.AsyncUnaryCall(EchoMethod, null, default, request);

    /// <summary>Answers with as many bytes as asked.</summary>
    public override Task<byte[]> CheckConnection(byte[] request, ServerCallContext context) =>
        Task.FromResult(new byte[BinaryPrimitives.ReadInt32LittleEndian(request)]);
}
