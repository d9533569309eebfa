using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Common.V1;
using Platform.ServiceDefaults.Streaming;

namespace Platform.ServiceDefaults.Errors;

/// <summary>The only place that makes statuses of exceptions. Text of drivers and stack traces stay in the log.</summary>
public sealed partial class ErrorInterceptor(
    ErrorDomains domains,
    StreamEndings endings,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ErrorInterceptor> logger
) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        var answer = continuation(request, context);
        // most hot paths wait for nothing; nor does this
        return answer.IsCompletedSuccessfully ? answer : WaitAsync(answer, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        LeaveTrace();
        try
        {
            await endings.RunAsync(
                responseStream,
                context,
                stream => continuation(request, stream, context)
            );
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        LeaveTrace();
        try
        {
            await endings.RunAsync(
                responseStream,
                context,
                stream => continuation(requestStream, stream, context)
            );
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    /// <summary>A stream may rest for days, and all it reads meanwhile would be one trace; its own span tells that it was there.</summary>
    private static void LeaveTrace()
    {
        if (Activity.Current is not null)
        {
            Activity.Current = null;
        }
    }

    private async Task<TResponse> WaitAsync<TResponse>(
        Task<TResponse> answer,
        ServerCallContext context
    )
    {
        try
        {
            return await answer;
        }
        catch (Exception exception)
        {
            throw Translate(exception, context);
        }
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        var refusal = ToDomainException(exception, context);
        RefusalMetrics.Count(refusal.Reason);
        return refusal.ToStatus(domains.OfMethod(context.Method)).ToRpcException();
    }

    private DomainException ToDomainException(Exception exception, ServerCallContext context)
    {
        switch (exception)
        {
            case DomainException domain:
                if (domain.InnerException is not null)
                {
                    LogCaused(domain.InnerException, context.Method, domain.Reason);
                }
                return domain;
            // the caller's deadline and the caller's absence first: they explain whatever else went wrong
            case var _ when context.Deadline <= time.GetUtcNow().UtcDateTime:
                return new DomainException(
                    ErrorReason.DeadlineExceeded,
                    "The deadline of the call has passed."
                );
            case OperationCanceledException
            or IOException
            or RpcException { StatusCode: StatusCode.Cancelled }
                when context.CancellationToken.IsCancellationRequested:
                return lifetime.ApplicationStopping.IsCancellationRequested
                    ? new DomainException(ErrorReason.ShuttingDown, "The service is shutting down.")
                    : new DomainException(ErrorReason.Cancelled, "The caller cancelled the call.");
            case OperationCanceledException
                when lifetime.ApplicationStopping.IsCancellationRequested:
                return new DomainException(
                    ErrorReason.ShuttingDown,
                    "The service is shutting down."
                );
            // what generated base classes throw for a method that is not overridden
            case RpcException { StatusCode: StatusCode.Unimplemented, Status.Detail: "" }:
                return new DomainException(
                    ErrorReason.NotImplemented,
                    $"{context.Method} is part of the contract but not served by this build yet."
                );
            // a client that did not say more about its failure; the clients of this product do
            case RpcException
            {
                StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded
            } failed:
                LogCaused(failed, context.Method, ErrorReason.DependencyUnavailable);
                return new DomainException(
                    ErrorReason.DependencyUnavailable,
                    "A service that this one needs did not answer."
                );
            default:
                var incident = Guid.NewGuid().ToString("n");
                LogFault(exception, context.Method, incident);
                return new DomainException(
                    ErrorReason.Internal,
                    "A fault of the service; its log names the incident."
                ).With("incident", incident);
        }
    }

    [LoggerMessage(LogLevel.Error, "Incident {Incident} in {Method}")]
    private partial void LogFault(Exception exception, string method, string incident);

    [LoggerMessage(LogLevel.Warning, "{Method} refused with {Reason}")]
    private partial void LogCaused(Exception exception, string method, ErrorReason reason);
}
