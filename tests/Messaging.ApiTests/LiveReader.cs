using Grpc.Core;
using Platform.Messaging.V1;
using Platform.Testing;
using EventOneofCase = Platform.Messaging.V1.SubscribeResponse.EventOneofCase;

namespace Platform.Tests.Messaging.ApiTests;

/// <summary>A device: reads a stream and keeps what it saw, and where it stands.</summary>
public sealed class LiveReader : IAsyncDisposable
{
    private readonly AsyncServerStreamingCall<SubscribeResponse> _call;
    private readonly List<SubscribeResponse> _seen = [];
    private readonly Lock _gate = new();
    private readonly Task _reading;

    private LiveReader(AsyncServerStreamingCall<SubscribeResponse> call)
    {
        _call = call;
        _reading = ReadAsync();
    }

    /// <summary>The last cursor that was seen.</summary>
    public string Cursor => Seen.LastOrDefault(one => one.Cursor.Length > 0)?.Cursor ?? "";

    /// <summary>Everything but heartbeats.</summary>
    public IReadOnlyList<SubscribeResponse> Events =>
        [.. Seen.Where(one => one.EventCase != EventOneofCase.Heartbeat)];

    public IReadOnlyList<SubscribeResponse> Seen
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>What ended it; completes with the stream.</summary>
    public Task Ended => _reading;

    /// <summary>Opens a stream; returns once it has begun.</summary>
    public static async Task<LiveReader> OpenAsync(
        MessagingService.MessagingServiceClient client,
        string cursor = "",
        Action<SubscribeRequest>? with = null
    )
    {
        var request = new SubscribeRequest { Cursor = cursor };
        with?.Invoke(request);
        var reader = new LiveReader(client.Subscribe(request));
        await Eventually.HoldsAsync(
            "the first event of a stream",
            () => Task.FromResult(reader.Seen.Count > 0 || reader._reading.IsCompleted)
        );
        return reader;
    }

    /// <summary>Waits for so many events, heartbeats not counted.</summary>
    public async Task<IReadOnlyList<string>> TellsAsync(int count)
    {
        await Eventually.HoldsAsync(
            $"{count} events of a stream",
            () =>
            {
                var known = Events.Count;
                return _reading.IsFaulted && known < count
                    ? throw _reading.Exception.InnerException!
                    : Task.FromResult(known >= count);
            }
        );
        return [.. Events.Select(Describe)];
    }

    public static string Describe(SubscribeResponse sent) =>
        sent.EventCase switch
        {
            EventOneofCase.MessageSent => $"sent {sent.MessageSent.Number} {sent.MessageSent.Text}",
            EventOneofCase.MessageChanged =>
                $"changed {sent.MessageChanged.Number} {sent.MessageChanged.Text}",
            EventOneofCase.ReadMoved =>
                $"read {sent.ReadMoved.MemberId} {sent.ReadMoved.ReadNumber}",
            EventOneofCase.ConversationChanged =>
                $"conversation of {sent.ConversationChanged.Members.Count}",
            EventOneofCase.ConversationLeft => "left",
            EventOneofCase.Typing => $"typing {sent.Typing.MemberId}",
            _ => "heartbeat",
        };

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReadAsync()
    {
        await foreach (var sent in _call.ResponseStream.ReadAllAsync())
        {
            lock (_gate)
            {
                _seen.Add(sent);
            }
        }
    }
}
