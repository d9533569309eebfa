using Grpc.Core;
using Grpc.Net.Client;

namespace Platform.Ctl.Gateway;

/// <summary>One _channel to the gateway with the token of whoever acts.</summary>
public sealed class GatewaySession : IDisposable
{
    private readonly HttpClient _http;
    private readonly TokenSource _tokens;
    private readonly GrpcChannel _channel;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;

    private GatewaySession(GatewayOptions options, TokenRequest acting, TimeProvider time)
    {
        _time = time;
        _timeout = options.Timeout;
        _http = new HttpClient { Timeout = options.Timeout };
        _tokens = new TokenSource(
            new DevelopmentTokens(_http, options.Http),
            acting,
            options.Token,
            time
        );
        _channel = GrpcChannel.ForAddress(
            options.Grpc,
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    // An import has more calls in flight than one connection takes streams.
                    EnableMultipleHttp2Connections = true,
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    UseProxy = false,
                },
                DisposeHttpClient = true,
                Credentials = ChannelCredentials.Create(
                    options.Grpc.Scheme == Uri.UriSchemeHttps
                        ? ChannelCredentials.SecureSsl
                        : ChannelCredentials.Insecure,
                    CallCredentials.FromInterceptor(
                        async (context, metadata) =>
                            metadata.Add(
                                "authorization",
                                "Bearer " + await _tokens.GetAsync(context.CancellationToken)
                            )
                    )
                ),
                // h2c is what local mode and the inside of a cluster speak; outside, --grpc https://...
                UnsafeUseInsecureChannelCallCredentials = true,
            }
        );
        Invoker = _channel.CreateCallInvoker();
    }

    /// <summary>What generated clients are made from.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>Opens a session and gets its first token, so that a gateway that is not there is told at once.</summary>
    /// <exception cref="Cli.CliException">There is no token to be had.</exception>
    public static async Task<GatewaySession> OpenAsync(
        GatewayOptions options,
        TokenRequest acting,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var session = new GatewaySession(options, acting, time);
        try
        {
            await session._tokens.GetAsync(cancellationToken);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The deadline of one call, beginning now.</summary>
    public CallOptions Call(CancellationToken cancellationToken) =>
        new(
            deadline: _time.GetUtcNow().UtcDateTime + _timeout,
            cancellationToken: cancellationToken
        );

    public void Dispose()
    {
        _channel.Dispose();
        _tokens.Dispose();
        _http.Dispose();
    }
}
