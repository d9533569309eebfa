using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace Platform.Gateway.Forwarding;

/// <summary>
/// Sends unary calls of gRPC to their replica, which the proxy has chosen, and leaves everything else to the proxy's own forwarder. One
/// message each way needs no copying in the background, no buffers that last, and no transforms.
/// </summary>
/// <param name="others">The proxy's own.</param>
internal sealed class UnaryForwarder(IHttpForwarder others) : IHttpForwarder
{
    private const int BufferBytes = 16 * 1024;
    private const int MaxUris = 10_000;

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(100);

    // of methods and replicas, both few
    private readonly ConcurrentDictionary<(string Prefix, string Path), Uri> _uris = new();

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context,
        string destinationPrefix,
        HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig,
        HttpTransformer transformer
    ) =>
        context.Features.Get<UnaryCall>() is { } call
            ? SendAsync(context, call, destinationPrefix, httpClient, requestConfig)
            : others.SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer);

    public ValueTask<ForwarderError> SendAsync(
        HttpContext context,
        string destinationPrefix,
        HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig,
        HttpTransformer transformer,
        CancellationToken cancellationToken
    ) =>
        others.SendAsync(
            context,
            destinationPrefix,
            httpClient,
            requestConfig,
            transformer,
            cancellationToken
        );

    private async ValueTask<ForwarderError> SendAsync(
        HttpContext context,
        UnaryCall call,
        string destinationPrefix,
        HttpMessageInvoker httpClient,
        ForwarderRequestConfig requestConfig
    )
    {
        using var limit = TimeLimit.Start(
            requestConfig.ActivityTimeout ?? DefaultTimeout,
            context.RequestAborted
        );
        HttpResponseMessage answer;
        try
        {
            answer = await httpClient.SendAsync(
                Request(context, call, UriOf(destinationPrefix, context), requestConfig),
                limit.Token
            );
        }
        catch (Exception exception)
        {
            return Fail(
                context,
                context.RequestAborted.IsCancellationRequested ? ForwarderError.RequestCanceled
                    : limit.Token.IsCancellationRequested ? ForwarderError.RequestTimedOut
                    : ForwarderError.Request,
                exception
            );
        }
        using (answer)
        {
            try
            {
                await AnswerAsync(context, answer, limit.Token);
                return ForwarderError.None;
            }
            catch (Exception exception)
            {
                return Fail(
                    context,
                    context.RequestAborted.IsCancellationRequested
                        ? ForwarderError.ResponseBodyCanceled
                        : ForwarderError.ResponseBodyDestination,
                    exception
                );
            }
        }
    }

    private static HttpRequestMessage Request(
        HttpContext context,
        UnaryCall call,
        Uri uri,
        ForwarderRequestConfig config
    )
    {
        var content = new UnaryContent(call.Body);
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = config.Version ?? System.Net.HttpVersion.Version20,
            VersionPolicy = config.VersionPolicy ?? HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name.StartsWith(':') || HopHeaders.IsOne(name))
            {
                continue;
            }
            HttpHeaders headers = HopHeaders.IsOfContent(name) ? content.Headers : request.Headers;
            if (values is [var value])
            {
                headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
        // the only word of this header that means something to gRPC, and the only one that HTTP/2 allows
        request.Headers.TryAddWithoutValidation("te", "trailers");
        return request;
    }

    private static async Task AnswerAsync(
        HttpContext context,
        HttpResponseMessage answer,
        CancellationToken cancellationToken
    )
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        Copy(answer.Headers, response.Headers);
        Copy(answer.Content.Headers, response.Headers);
        var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            // What is read at once goes on at once, with the end of the call: as long as nothing has gone, another replica can be asked.
            while (
                await body.ReadAtLeastAsync(
                    buffer,
                    buffer.Length,
                    throwOnEndOfStream: false,
                    cancellationToken
                )
                    is var length
                        and > 0
            )
            {
                response.BodyWriter.Write(buffer.AsSpan(0, length));
                if (length < buffer.Length)
                {
                    break;
                }
                await response.BodyWriter.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { } trailers)
        {
            Copy(answer.TrailingHeaders, trailers);
        }
    }

    private static void Copy(HttpHeaders from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            if (!HopHeaders.IsOne(name))
            {
                to[name] = values.Count == 1 ? values.ToString() : new StringValues([.. values]);
            }
        }
    }

    /// <summary>Notes how a call failed, as the proxy's own forwarder does, and ends the answer if it has begun.</summary>
    public static ForwarderError Fail(
        HttpContext context,
        ForwarderError error,
        Exception exception
    )
    {
        context.Features.Set<IForwarderErrorFeature>(new Failure(error, exception));
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = exception switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                _ when error == ForwarderError.RequestTimedOut =>
                    StatusCodes.Status504GatewayTimeout,
                _ => StatusCodes.Status502BadGateway,
            };
        }
        else if (context.Features.Get<IHttpResetFeature>() is { } stream)
        {
            const int internalError = 0x2;
            stream.Reset(internalError);
        }
        else
        {
            context.Abort();
        }
        return error;
    }

    private Uri UriOf(string prefix, HttpContext context)
    {
        var key = (prefix, context.Request.Path.Value!);
        if (_uris.TryGetValue(key, out var uri))
        {
            return uri;
        }
        // replicas come and go with their addresses
        if (_uris.Count >= MaxUris)
        {
            _uris.Clear();
        }
        return _uris[key] = RequestUtilities.MakeDestinationAddress(
            prefix,
            context.Request.Path,
            QueryString.Empty
        );
    }

    private sealed record Failure(ForwarderError Error, Exception? Exception)
        : IForwarderErrorFeature;
}
