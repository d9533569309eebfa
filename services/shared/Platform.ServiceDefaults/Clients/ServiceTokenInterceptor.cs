using Grpc.Core;
using Grpc.Core.Interceptors;
using Platform.ServiceDefaults.Identity;

namespace Platform.ServiceDefaults.Clients;

/// <summary>Calls to other services carry this service's own token.</summary>
public sealed class ServiceTokenInterceptor(ServiceTokenSource tokens) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation
    ) => continuation(request, WithToken(context));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<
        TRequest,
        TResponse
    >(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation
    ) => continuation(request, WithToken(context));

    private ClientInterceptorContext<TRequest, TResponse> WithToken<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context
    )
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata { { "authorization", tokens.AuthorizationHeader } };
        foreach (var entry in context.Options.Headers ?? [])
        {
            headers.Add(entry);
        }
        return new(context.Method, context.Host, context.Options.WithHeaders(headers));
    }
}
