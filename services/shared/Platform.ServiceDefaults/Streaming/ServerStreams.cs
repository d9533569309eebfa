using Grpc.Core;
using Microsoft.Extensions.Hosting;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>What streams without an end of their own need of gRPC.</summary>
public static class ServerStreams
{
    /// <summary>
    /// Cancelled when the call ends, and when the process does: such a stream ends only by its caller, and would hold up the
    /// end of the process.
    /// </summary>
    public static CancellationTokenSource EndingWith(
        this ServerCallContext context,
        IHostApplicationLifetime lifetime
    ) =>
        CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            lifetime.ApplicationStopping
        );

    /// <summary>
    /// Sends one, and waits for it no longer than until it is cancelled. A token given to the write itself would reset the stream
    /// when it is cancelled; the caller is to get a status. <see cref="StreamEndings"/> waits for the write.
    /// </summary>
    public static Task SendAsync<T>(
        this IServerStreamWriter<T> stream,
        T message,
        CancellationToken cancellationToken
    ) => stream.WriteAsync(message, CancellationToken.None).WaitAsync(cancellationToken);
}
