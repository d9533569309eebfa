using Grpc.Core;
using Platform.Messaging.V1;

namespace Platform.Tests.EndToEnd;

/// <summary>A device of a member: follows a stream, and whenever that breaks off opens another where it stood.</summary>
public sealed class Subscriber : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly MessagingService.MessagingServiceClient _client;
    private readonly string _memberId;
    private readonly CancellationTokenSource _enough = new();
    private readonly TaskCompletionSource _begun = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly List<SubscribeResponse> _events = [];
    private readonly Lock _gate = new();
    private readonly Task _following;
    private int _broken;

    private Subscriber(MessagingService.MessagingServiceClient client, string memberId)
    {
        (_client, _memberId) = (client, memberId);
        _following = FollowAsync();
    }

    /// <summary>What came, without heartbeats.</summary>
    public IReadOnlyList<SubscribeResponse> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>How often the stream broke off.</summary>
    public int Broken => Volatile.Read(ref _broken);

    /// <summary>Opens the stream; returns once it has begun.</summary>
    /// <param name="client">Who calls.</param>
    /// <param name="memberId">Whose stream; empty for that of the caller.</param>
    public static async Task<Subscriber> OpenAsync(
        MessagingService.MessagingServiceClient client,
        string memberId = ""
    )
    {
        var subscriber = new Subscriber(client, memberId);
        await Task.WhenAny(subscriber._begun.Task, subscriber._following);
        return subscriber;
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _enough.Dispose();
    }

    private async Task FollowAsync()
    {
        var cursor = "";
        while (!_enough.IsCancellationRequested)
        {
            try
            {
                using var call = _client.Subscribe(
                    new SubscribeRequest { MemberId = _memberId, Cursor = cursor },
                    cancellationToken: _enough.Token
                );
                await foreach (var sent in call.ResponseStream.ReadAllAsync(_enough.Token))
                {
                    cursor = sent.Cursor.Length > 0 ? sent.Cursor : cursor;
                    if (sent.Heartbeat is null)
                    {
                        lock (_gate)
                        {
                            _events.Add(sent);
                        }
                    }
                    _begun.TrySetResult();
                }
            }
            // whatever befell the service: it is resumed where it stood
            catch (RpcException exception)
                when (exception.StatusCode
                        is StatusCode.Unavailable
                            or StatusCode.Cancelled
                            or StatusCode.DeadlineExceeded
                            or StatusCode.Internal
                )
            {
                Interlocked.Increment(ref _broken);
            }
            await Task.Delay(Pause, _enough.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
