using Grpc.Core;

namespace Platform.Messaging.Connections;

/// <summary>A call about several pairs failed, and another of those who waited for it has been told already.</summary>
public sealed class CheckOfOthersFailedException(RpcException cause)
    : RpcException(cause.Status, cause.Trailers, cause.Message);
