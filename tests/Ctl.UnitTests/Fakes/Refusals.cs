using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>Failures as the services send them.</summary>
public static class Refusals
{
    public static RpcException Of(ErrorReason reason, string message = "refused by the test") =>
        Of(new DomainException(reason, message));

    public static RpcException Of(DomainException exception) =>
        exception.ToStatus("platform.connections.v1").ToRpcException();

    /// <summary>What the client itself throws when nobody listens.</summary>
    public static RpcException Unreachable() =>
        new(new Grpc.Core.Status(StatusCode.Unavailable, "Error connecting to subchannel."));
}
