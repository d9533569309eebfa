using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.Tests.Faults.Checking;

namespace Platform.Tests.Faults.Load;

/// <summary>Makes calls, repeats those that got no answer, and tells answers from silence.</summary>
internal sealed class Caller(Tally tally, Func<Task> pauseAsync)
{
    private const int Attempts = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4);

    // what a fault causes: a call that is refused for one of these may have happened, or is to be repeated
    private static readonly HashSet<ErrorReason> Silences =
    [
        ErrorReason.DependencyUnavailable,
        ErrorReason.StoreUnavailable,
        ErrorReason.StoreFull,
        ErrorReason.DeadlineExceeded,
        ErrorReason.Cancelled,
        ErrorReason.Contention,
        ErrorReason.ShuttingDown,
        ErrorReason.NetworkNotReady,
        ErrorReason.RevisionNotReached,
        ErrorReason.RateLimited,
        // of a process whose clock is wrong by more than tokens bear
        ErrorReason.CredentialsExpired,
    ];

    private static readonly HashSet<StatusCode> Transport =
    [
        StatusCode.Unavailable,
        StatusCode.DeadlineExceeded,
        StatusCode.Cancelled,
        // the connection broke off within an answer
        StatusCode.Internal,
    ];

    /// <summary>Makes a call, a few times if need be; the request is the same each time, so that it happens once.</summary>
    public async Task<Answer<T>> CallAsync<T>(
        string kind,
        Func<CallOptions, AsyncUnaryCall<T>> call
    )
    {
        var answer = new Answer<T>(Outcome.Unknown, default, default);
        for (var attempt = 0; attempt < Attempts && answer.Outcome == Outcome.Unknown; attempt++)
        {
            if (attempt > 0)
            {
                await pauseAsync();
            }
            answer = await TryAsync(kind, call);
        }
        tally.Count(kind, answer.Outcome);
        return answer;
    }

    private async Task<Answer<T>> TryAsync<T>(
        string kind,
        Func<CallOptions, AsyncUnaryCall<T>> call
    )
    {
        try
        {
            var options = new CallOptions(
                deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Deadline
            );
            return new(Outcome.Acknowledged, await call(options), default);
        }
        catch (RpcException exception)
        {
            var info = exception.GetRpcStatus()?.GetDetail<ErrorInfo>();
            if (info is null)
            {
                tally.CountReason($"{exception.StatusCode} without a reason");
                if (!Transport.Contains(exception.StatusCode))
                {
                    tally.Add(new(Violation.Unreasoned, $"{kind}: {exception.Status}"));
                }
                return new(Outcome.Unknown, default, default);
            }
            var reason = ErrorCatalog.ReasonOf(info.Reason);
            if (reason == ErrorReason.Internal)
            {
                tally.CountReason(info.Reason);
                tally.Add(
                    new(
                        Violation.Broken,
                        $"{kind} was answered INTERNAL by {info.Domain}, incident {info.Metadata.GetValueOrDefault("incident")}"
                    )
                );
                return new(Outcome.Unknown, default, reason);
            }
            if (Silences.Contains(reason))
            {
                tally.CountReason(info.Reason);
                return new(Outcome.Unknown, default, reason);
            }
            return new(Outcome.Refused, default, reason);
        }
    }
}
