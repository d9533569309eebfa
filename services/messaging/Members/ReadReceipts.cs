using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Storage;

namespace Platform.Messaging.Members;

/// <summary>Who sees how far others have read: those who show it themselves, of those who show it.</summary>
public sealed class ReadReceipts(IMemberStore members)
{
    /// <summary>Conversations as the viewer may see them: without read marks that are not for them.</summary>
    public async Task<IReadOnlyList<ConversationView>> SeeAsync(
        string viewerId,
        IReadOnlyList<ConversationView> conversations,
        CancellationToken cancellationToken
    )
    {
        var shown = await FindAsync(
                viewerId,
                conversations.SelectMany(one => one.Members).Select(member => member.MemberId),
                cancellationToken
            )
            .ConfigureAwait(false);
        return [.. conversations.Select(one => See(one, shown))];
    }

    /// <summary>Changes as the viewer may see them.</summary>
    internal async Task<IReadOnlyList<ConversationChange>> SeeAsync(
        string viewerId,
        IReadOnlyList<ConversationChange> changes,
        CancellationToken cancellationToken
    )
    {
        var others = changes
            .SelectMany(change =>
                change.Kind switch
                {
                    ChangeKind.ReadMoved => [change.Reader!.MemberId],
                    ChangeKind.ConversationChanged => change.Conversation!.Members.Select(member =>
                        member.MemberId
                    ),
                    _ => [],
                }
            )
            .Where(id => id != viewerId)
            .ToHashSet(StringComparer.Ordinal);
        if (others.Count == 0)
        {
            return changes;
        }
        var shown = await FindAsync(viewerId, others, cancellationToken).ConfigureAwait(false);
        return
        [
            .. changes
                .Where(change =>
                    change.Kind != ChangeKind.ReadMoved || shown(change.Reader!.MemberId)
                )
                .Select(change =>
                    change.Conversation is { } conversation
                        ? change with
                        {
                            Conversation = See(conversation, shown),
                        }
                        : change
                ),
        ];
    }

    private static ConversationView See(ConversationView conversation, Func<string, bool> shown) =>
        conversation with
        {
            Members =
            [
                .. conversation.Members.Select(member =>
                    shown(member.MemberId) ? member : member with { ReadNumber = null }
                ),
            ],
        };

    /// <summary>Says of whom the viewer sees it.</summary>
    private async Task<Func<string, bool>> FindAsync(
        string viewerId,
        IEnumerable<string> memberIds,
        CancellationToken cancellationToken
    )
    {
        var asked = memberIds.Append(viewerId).Distinct(StringComparer.Ordinal).ToArray();
        // most members have no document: all is as it is by default
        var hiding = (await members.FindAsync(asked, cancellationToken).ConfigureAwait(false))
            .Where(member => !member.Settings.ReadReceipts || member.IsErased)
            .Select(member => member.MemberId)
            .ToHashSet(StringComparer.Ordinal);
        return hiding.Contains(viewerId)
            ? id => id == viewerId
            : id => id == viewerId || !hiding.Contains(id);
    }
}
