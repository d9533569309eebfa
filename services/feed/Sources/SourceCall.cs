using System.Runtime.CompilerServices;
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

    /// <summary>Reads a stream of parts to the last; each part may take as long as a call.</summary>
    /// <param name="dependency">The name of the service, for errors.</param>
    /// <exception cref="DomainException">As of <see cref="RunAsync"/>; also if the stream ends before its last part.</exception>
    public async IAsyncEnumerable<RecipientPage> StreamAsync<TPart>(
        string dependency,
        Func<CancellationToken, AsyncServerStreamingCall<TPart>> open,
        Func<TPart, RecipientPage> read,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // whoever leaves the stream ends it
        using var stream = open(cancellationToken);
        RecipientPage page;
        do
        {
            page = await RunAsync(
                dependency,
                async token =>
                    await stream.ResponseStream.MoveNext(token)
                        ? read(stream.ResponseStream.Current)
                        : throw new RpcException(
                            new Grpc.Core.Status(
                                StatusCode.Unavailable,
                                "The stream ended too early."
                            )
                        ),
                cancellationToken
            );
            yield return page;
        } while (page.NextCursor.Length > 0);
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
