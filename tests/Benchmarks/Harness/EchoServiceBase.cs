using Grpc.Core;

namespace Platform.Benchmarks.Harness;

/// <summary>What the compiler of protos would make for a service of one method, but of bytes: grpc-dotnet looks for a base class that binds.</summary>
[BindServiceMethod(typeof(EchoServiceBase), nameof(BindService))]
public abstract class EchoServiceBase
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(
        value => value,
        value => value
    );

    protected static readonly Method<byte[], byte[]> EchoMethod = new(
        MethodType.Unary,
        // the path of a public method, so that the gateway does with it what it does with any call of that
        "platform.connections.v1.ConnectionsService",
        "CheckConnection",
        Bytes,
        Bytes
    );

    /// <summary>Called by grpc-dotnet, by convention.</summary>
    public static void BindService(ServiceBinderBase binder, EchoServiceBase? service) =>
        binder.AddMethod(EchoMethod, service is null ? null! : service.CheckConnection);

    /// <summary>The method; found by its name.</summary>
    public abstract Task<byte[]> CheckConnection(byte[] request, ServerCallContext context);
}
