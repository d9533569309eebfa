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
        "platform.benchmarks.EchoService",
        "Echo",
        Bytes,
        Bytes
    );

    /// <summary>Called by grpc-dotnet, by convention.</summary>
    public static void BindService(ServiceBinderBase binder, EchoServiceBase? service) =>
        binder.AddMethod(EchoMethod, service is null ? null! : service.Echo);

    /// <summary>The method; found by its name.</summary>
    public abstract Task<byte[]> Echo(byte[] request, ServerCallContext context);
}
