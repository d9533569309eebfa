using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Sources;

/// <summary>How the feed calls other services: not longer than they may take, and with refusals it understands.</summary>
public sealed class SourceCall(IOptions<SourceOptions> options, TimeProvider time)
{
    /// <summary>Runs one call.</summary>
    /// <param name="dependency">The name of the service, for errors.</param>
    /// <exception cref="DomainException">
    /// <c>DEPENDENCY_UNAVAILABLE</c> if it does not answer or fails; what the service says about cursors and revisions as it is.
    /// </exception>
    public async Task<T> RunAsync<T>(
        string dependency,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(options.Value.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            limit.Token,
            cancellationToken
        );
        try
        {
            return await call(either.Token);
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Translate(dependency, exception);
        }
    }

    private static DomainException Translate(string dependency, Exception exception)
    {
        var info = (exception as RpcException)?.GetRpcStatus()?.GetDetail<ErrorInfo>();
        var reason = info is null
            ? ErrorReason.DependencyUnavailable
            : ErrorCatalog.ReasonOf(info.Reason);
        return
            reason
                is ErrorReason.InvalidCursor
                    or ErrorReason.CursorExpired
                    or ErrorReason.InvalidRevision
                    or ErrorReason.RevisionNotReached
            ? new DomainException(
                reason,
                $"The {dependency} service refused: {info!.Reason}.",
                exception
            )
            : new DomainException(
                ErrorReason.DependencyUnavailable,
                $"The {dependency} service did not answer.",
                exception
            ).With("dependency", dependency);
    }
}
