using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Messaging.Live;

/// <summary>
/// The streams of this process, and how they come to know that there is something new: at once from what this process stores, by hints
/// from other replicas, and by looking at the record of changes, for all of them together, every now and then. A hint says no more than
/// where to look; what is sent comes out of the store.
/// </summary>
public sealed partial class LiveHub(
    IMessageStore store,
    LiveHints hints,
    IOptions<LiveOptions> options,
    TimeProvider time,
    ILogger<LiveHub> logger
) : BackgroundService
{
    // of one look
    private const int MembersInALook = 200;

    private readonly MemberStreams<LiveStream> _streams = new(options.Value.MaxStreams);

    /// <summary>How many streams are open.</summary>
    public int Count => _streams.Count;

    /// <summary>Something was stored in a conversation; tells the streams of this process, and other replicas.</summary>
    public void Announce(string conversationId, IReadOnlyCollection<string> memberIds)
    {
        Hint(conversationId, memberIds);
        hints.SendChanged(conversationId, memberIds);
    }

    /// <summary>Somebody is typing.</summary>
    /// <param name="conversationId">Where.</param>
    /// <param name="typistId">Who.</param>
    /// <param name="memberIds">Who is to see it.</param>
    public void AnnounceTyping(
        string conversationId,
        string typistId,
        IReadOnlyCollection<string> memberIds
    )
    {
        foreach (var member in memberIds)
        {
            Type(member, conversationId, typistId);
        }
        hints.SendTyping(conversationId, typistId, memberIds);
    }

    /// <summary>Adds a stream; it is told of everything from now on.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.RateLimited"/>: the member has as many as may be.</exception>
    internal void Join(LiveStream stream)
    {
        _streams.Add(stream.MemberId, stream);
        hints.Listen(stream.MemberId, HintOne, Type);
    }

    /// <summary>Removes a stream that has joined, once.</summary>
    internal void Leave(LiveStream stream)
    {
        _streams.Remove(stream.MemberId, stream);
        hints.StopListening(stream.MemberId);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval =
            options.Value.PollInterval
            ?? (hints.AreShared ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(200));
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            await hints.RepairAsync(stoppingToken).ConfigureAwait(false);
            foreach (var members in _streams.All.Chunk(MembersInALook))
            {
                await TryLookAsync(members, stoppingToken).ConfigureAwait(false);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task TryLookAsync(
        KeyValuePair<string, LiveStream[]>[] members,
        CancellationToken cancellationToken
    )
    {
        try
        {
            // those that are not caught up yet look for themselves
            var streams = members
                .SelectMany(member => member.Value)
                .Where(stream => stream.IsLive)
                .ToLookup(stream => stream.MemberId, StringComparer.Ordinal);
            if (streams.Count == 0)
            {
                return;
            }
            var look = await store
                .LookAsync(
                    [.. streams.Select(ofMember => ofMember.Key)],
                    streams.SelectMany(ofMember => ofMember).Min(stream => stream.Floor),
                    int.MaxValue,
                    cancellationToken
                )
                .ConfigureAwait(false);
            var found = look
                .Conversations.SelectMany(one =>
                    one.MemberIds.Select(member => (Member: member, one.ConversationId, one.Stamp))
                )
                .ToLookup(one => one.Member, StringComparer.Ordinal);
            foreach (var stream in streams.SelectMany(ofMember => ofMember))
            {
                stream.Looked(
                    look.Settled,
                    found[stream.MemberId].Select(one => (one.ConversationId, one.Stamp))
                );
            }
        }
        catch (DomainException exception)
        {
            // the next look finds what this one did not
            LogNoLook(exception.Reason, exception);
        }
    }

    private void Hint(string conversationId, IReadOnlyCollection<string> memberIds)
    {
        foreach (var member in memberIds)
        {
            HintOne(member, conversationId);
        }
    }

    private void HintOne(string memberId, string conversationId)
    {
        foreach (var stream in _streams.Of(memberId))
        {
            stream.Hint(conversationId);
        }
    }

    private void Type(string memberId, string conversationId, string typistId)
    {
        foreach (var stream in _streams.Of(memberId))
        {
            stream.Type(conversationId, typistId);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The record of changes could not be looked at ({Reason}); live delivery waits"
    )]
    private partial void LogNoLook(ErrorReason reason, Exception exception);
}
