using System.Threading.Channels;
using Platform.Common.V1;
using Platform.Messaging.Members;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Messaging.Live;

/// <summary>
/// One stream of one member. It keeps nothing that is to be sent, only which conversations may have something new: that is read when
/// the reader has taken what came before.
/// </summary>
internal sealed class LiveStream(
    string memberId,
    LiveProgress progress,
    IReadOnlySet<string> conversationIds,
    bool withTyping,
    StreamOutput<LiveEvent> output,
    IMessageStore store,
    ReadReceipts receipts,
    LiveOptions options,
    TimeProvider time
)
{
    private const int PageSize = 100;

    // who is typing is of no use to somebody who lags
    private readonly Channel<(string ConversationId, string TypistId)> _typing =
        Channel.CreateBounded<(string, string)>(
            new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest }
        );

    private volatile bool _isLive;

    public string MemberId => memberId;

    /// <summary>Whether it has begun, so that looks for all count for it.</summary>
    public bool IsLive => _isLive;

    public long Floor => progress.Floor;

    /// <summary>A conversation may have something new.</summary>
    public void Hint(string conversationId)
    {
        if (Concerns(conversationId) && progress.Hint(conversationId))
        {
            output.Wake();
        }
    }

    /// <summary>A look at the record came to its end.</summary>
    public void Looked(long settled, IEnumerable<(string ConversationId, long Stamp)> found)
    {
        if (progress.Looked(settled, found.Where(one => Concerns(one.ConversationId))))
        {
            output.Wake();
        }
    }

    public void Type(string conversationId, string typistId)
    {
        if (withTyping && Concerns(conversationId))
        {
            _typing.Writer.TryWrite((conversationId, typistId));
            output.Wake();
        }
    }

    /// <summary>Begins with what comes next: what is there by now is not sent.</summary>
    public async Task BeginNowAsync(CancellationToken cancellationToken)
    {
        var look = await store
            .LookAsync([memberId], progress.Floor, int.MaxValue, cancellationToken)
            .ConfigureAwait(false);
        foreach (var one in look.Conversations)
        {
            progress.Skip(one.ConversationId, one.Stamp);
        }
        _isLive = true;
    }

    /// <summary>Begins where a former stream stood.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.CursorExpired"/>: too much has changed since.</exception>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var look = await store
            .LookAsync(
                [memberId],
                progress.Floor,
                options.MaxCatchUp + progress.Cursor(time.GetUtcNow()).Beyond.Count + 1,
                cancellationToken
            )
            .ConfigureAwait(false);
        var found = look
            .Conversations.Where(one =>
                Concerns(one.ConversationId) && one.Stamp > progress.SentOf(one.ConversationId)
            )
            .ToList();
        if (found.Count > options.MaxCatchUp)
        {
            throw Expired();
        }
        Looked(look.Settled, found.Select(one => (one.ConversationId, one.Stamp)));
        while (await SendNextAsync(cancellationToken).ConfigureAwait(false)) { }
        _isLive = true;
    }

    /// <summary>Sends what happens until it is cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await SendHeartbeatAsync().ConfigureAwait(false);
        while (true)
        {
            while (_typing.Reader.TryRead(out var typing))
            {
                await output
                    .SendAsync(
                        new LiveEvent(Cursor: null)
                        {
                            ConversationId = typing.ConversationId,
                            TypistId = typing.TypistId,
                        }
                    )
                    .ConfigureAwait(false);
            }
            if (await SendNextAsync(cancellationToken).ConfigureAwait(false))
            {
                continue;
            }
            var left = output.UntilHeartbeat;
            if (left <= TimeSpan.Zero)
            {
                await SendHeartbeatAsync().ConfigureAwait(false);
                continue;
            }
            await output.WaitAsync(left, cancellationToken).ConfigureAwait(false);
        }
    }

    public static DomainException Expired() =>
        new(
            ErrorReason.CursorExpired,
            "Too much has happened since the cursor; read the conversations anew and begin without one."
        );

    /// <summary>Sends what is new in one conversation; false when none is known to have anything.</summary>
    private async Task<bool> SendNextAsync(CancellationToken cancellationToken)
    {
        if (!progress.TryTake(out var conversationId))
        {
            return false;
        }
        while (true)
        {
            var page = await store
                .ReadChangesAsync(
                    conversationId,
                    memberId,
                    progress.SentOf(conversationId),
                    PageSize,
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (page is null)
            {
                progress.Sent(conversationId, upTo: null);
                return true;
            }
            var visible = await receipts
                .SeeAsync(memberId, page.Changes, cancellationToken)
                .ConfigureAwait(false);
            foreach (var change in visible)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Sending(conversationId, change.Stamp);
                await output
                    .SendAsync(
                        new LiveEvent(Cursor()) { Change = change, ConversationId = conversationId }
                    )
                    .ConfigureAwait(false);
            }
            if (!page.More)
            {
                progress.Sent(conversationId, page.UpTo);
                return true;
            }
            progress.Sending(conversationId, page.UpTo);
        }
    }

    private Task SendHeartbeatAsync() => output.SendAsync(new LiveEvent(Cursor()));

    private string Cursor() => progress.Cursor(time.GetUtcNow()).ToString();

    private bool Concerns(string conversationId) =>
        conversationIds.Count == 0 || conversationIds.Contains(conversationId);
}
