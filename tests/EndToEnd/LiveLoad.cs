using System.Collections.Concurrent;
using Grpc.Core;
using Platform.Messaging.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd;

/// <summary>
/// Pairs who write to each other without pause, each message repeated under its <c>request_id</c> until it is acknowledged, and devices of
/// all of them that follow live. In the end every device has each acknowledged message, once, in order.
/// </summary>
public sealed class LiveLoad(PlatformEndpoint platform, int pairs)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, int> _refused = new(StringComparer.Ordinal);
    private readonly List<Pair> _pairs = [];
    private readonly List<Task> _writing = [];
    private int _acknowledged;
    private volatile bool _isEnough;

    /// <summary>What was refused meanwhile, by status.</summary>
    public string Refused =>
        string.Join(", ", _refused.OrderBy(one => one.Key).Select(one => $"{one.Value} {one.Key}"));

    /// <summary>How many messages were acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>How often streams broke off.</summary>
    public int Broken => _pairs.SelectMany(pair => pair.Devices).Sum(device => device.Broken);

    /// <summary>Whether the faults were felt; a run in which nothing was refused tells nothing.</summary>
    public bool WasDisturbed => !_refused.IsEmpty && Broken > 0;

    /// <summary>Connects the pairs, opens two devices a member, and begins to write.</summary>
    public async Task StartAsync()
    {
        var run = Guid.NewGuid().ToString("N")[..8];
        for (var index = 0; index < pairs; index++)
        {
            var one = await MemberAsync($"one-{run}-{index}");
            var other = await MemberAsync($"other-{run}-{index}");
            await one.ConnectAsync(other);
            var pair = new Pair(await one.StartConversationAsync(other));
            foreach (var member in new[] { one, one, other, other })
            {
                pair.Devices.Add(await Subscriber.OpenAsync(member.Messaging));
            }
            _pairs.Add(pair);
            _writing.AddRange(
                new[] { one, other }.Select((member, side) => WriteAsync(pair, member, side))
            );
        }
    }

    /// <summary>Waits until so many more messages are acknowledged.</summary>
    public async Task MoreAsync(int count, string when)
    {
        var until = Acknowledged + count;
        await Eventually.HoldsAsync(
            $"{count} more messages {when} (refused so far: {Refused})",
            () =>
                _writing.FirstOrDefault(writer => writer.IsFaulted) is { } failed
                    ? throw failed.Exception!
                    : Task.FromResult(Acknowledged >= until),
            Patience
        );
    }

    /// <summary>Ends the writing, and compares.</summary>
    public async Task VerifyAsync()
    {
        _isEnough = true;
        await Task.WhenAll(_writing);
        foreach (var pair in _pairs)
        {
            var expected = pair.Texts.OrderBy(one => one.Key).ToArray();
            Assert.Equal(
                Enumerable.Range(1, expected.Length).Select(number => (long)number),
                expected.Select(one => one.Key)
            );
            foreach (var device in pair.Devices)
            {
                await Eventually.HoldsAsync(
                    $"a device has {expected.Length} messages",
                    () => Task.FromResult(Sent(device).Length >= expected.Length),
                    Patience
                );
                Assert.Equal(
                    expected.Select(one => (one.Key, one.Value)),
                    Sent(device).Select(message => (message.Number, message.Text))
                );
                await device.DisposeAsync();
            }
        }
    }

    // of a tier without limits on how fast one sends
    private Task<Actor> MemberAsync(string id) => platform.ActorAsync(id, tier: "bulk");

    private static Message[] Sent(Subscriber device) =>
        [.. device.Events.Where(one => one.MessageSent is not null).Select(one => one.MessageSent)];

    private async Task WriteAsync(Pair pair, Actor member, int side)
    {
        for (var index = 0; !_isEnough; index++)
        {
            var request = new SendMessageRequest
            {
                ConversationId = pair.ConversationId,
                Text = $"{side}: {index}",
                RequestId = $"r-{side}-{index}",
            };
            var answer = await RepeatAsync(member, request);
            // the number was given to no other message
            Assert.True(pair.Texts.TryAdd(answer.Message.Number, request.Text));
            Interlocked.Increment(ref _acknowledged);
        }
    }

    private async Task<SendMessageResponse> RepeatAsync(Actor member, SendMessageRequest request)
    {
        SendMessageResponse? answer = null;
        await Eventually.HoldsAsync(
            "a message is acknowledged",
            async () =>
            {
                try
                {
                    answer = await member.Messaging.SendMessageAsync(
                        request,
                        deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5)
                    );
                    return true;
                }
                catch (RpcException refusal)
                    when (refusal.StatusCode
                            is StatusCode.Unavailable
                                or StatusCode.DeadlineExceeded
                                or StatusCode.Cancelled
                    )
                {
                    _refused.AddOrUpdate(refusal.StatusCode.ToString(), 1, (_, count) => count + 1);
                    return false;
                }
            },
            Patience
        );
        return answer!;
    }

    private sealed record Pair(string ConversationId)
    {
        public ConcurrentDictionary<long, string> Texts { get; } = new();
        public List<Subscriber> Devices { get; } = [];
    }
}
