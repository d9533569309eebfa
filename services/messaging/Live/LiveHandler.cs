using Microsoft.Extensions.Options;
using Platform.Messaging.Connections;
using Platform.Messaging.Conversations;
using Platform.Messaging.Members;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Messaging.Live;

/// <summary>Streams of what happens, and who is typing.</summary>
public sealed class LiveHandler(
    IMessageStore store,
    IMemberStore members,
    IConnectionGate gate,
    LiveHub hub,
    ReadReceipts receipts,
    IOptions<LiveOptions> options,
    TimeProvider time
)
{
    /// <summary>The most conversations that a stream is narrowed to.</summary>
    public const int MaxConversations = 100;

    /// <summary>For how long it is shown that somebody is typing.</summary>
    public static readonly TimeSpan TypingShown = TimeSpan.FromSeconds(6);

    // clocks of replicas differ a little
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<ulong, long> Nothing = [];

    /// <summary>Sends what happens in a member's conversations until it is cancelled or the reader is dropped; never returns.</summary>
    /// <param name="memberId">Whose.</param>
    /// <param name="cursor">Where to go on; empty begins with what comes next.</param>
    /// <param name="conversationIds">Only these; empty for all.</param>
    /// <param name="withTyping">Whether typing is sent.</param>
    /// <param name="send">Sends one; completes when the reader has taken it, or there is room for it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <c>MessagingService.Subscribe</c>.</exception>
    public async Task SubscribeAsync(
        string memberId,
        string cursor,
        IReadOnlySet<string> conversationIds,
        bool withTyping,
        Func<LiveEvent, Task> send,
        CancellationToken cancellationToken
    )
    {
        var bounds = await store.GetRecordBoundsAsync(cancellationToken);
        var key = CursorKey.Of(memberId);
        var filter = LiveCursor.KeyOf(conversationIds);
        var from = cursor.Length == 0 ? null : Check(LiveCursor.Parse(cursor), key, filter, bounds);
        var stream = new LiveStream(
            memberId,
            new LiveProgress(key, filter, from?.Floor ?? bounds.Settled, from?.Beyond ?? Nothing),
            conversationIds,
            withTyping,
            new StreamOutput<LiveEvent>(
                send,
                options.Value.HeartbeatInterval,
                options.Value.WriteTimeout,
                time
            ),
            store,
            receipts,
            options.Value,
            time
        );
        // before it looks: what is stored after the look is hinted at
        hub.Join(stream);
        try
        {
            await (
                from is null
                    ? stream.BeginNowAsync(cancellationToken)
                    : stream.ResumeAsync(cancellationToken)
            );
            await stream.FollowAsync(cancellationToken);
        }
        finally
        {
            hub.Leave(stream);
        }
    }

    /// <summary>Shows the others that a member is typing: those who may be written to, and see such things.</summary>
    public async Task TypeAsync(
        string conversationId,
        string memberId,
        CancellationToken cancellationToken
    )
    {
        var preparation = await store.PrepareAsync(
            conversationId,
            memberId,
            requestId: "",
            cancellationToken
        );
        var membership = preparation.Membership ?? throw Refusals.ConversationNotFound();
        var hiding = (await members.FindAsync(membership.MemberIds, cancellationToken))
            .Where(member => !member.Settings.TypingIndicators)
            .Select(member => member.MemberId)
            .ToHashSet(StringComparer.Ordinal);
        string[] others = [.. membership.MemberIds.Where(id => id != memberId)];
        if (
            hiding.Contains(memberId)
            || !await gate.AreFirstDegreeAsync(memberId, others, cancellationToken)
        )
        {
            return;
        }
        hub.AnnounceTyping(
            conversationId,
            memberId,
            [.. others.Where(other => !hiding.Contains(other))]
        );
    }

    private LiveCursor Check(
        LiveCursor cursor,
        ulong memberKey,
        ulong filterKey,
        RecordBounds bounds
    )
    {
        var now = time.GetUtcNow();
        if (
            cursor.MemberKey != memberKey
            || cursor.FilterKey != filterKey
            || cursor.Floor > bounds.Greatest
            || cursor.Time > now + ClockTolerance
        )
        {
            throw CursorReader.Foreign();
        }
        return now - cursor.Time > options.Value.CursorLifetime
            ? throw LiveStream.Expired()
            : cursor;
    }
}
