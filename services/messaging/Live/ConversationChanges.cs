namespace Platform.Messaging.Live;

/// <summary>What happened in a conversation since a stamp.</summary>
/// <param name="UpTo">Everything up to this stamp is told.</param>
/// <param name="More">There is more after it.</param>
/// <param name="Changes">In the order in which they happened.</param>
public sealed record ConversationChanges(
    long UpTo,
    bool More,
    IReadOnlyList<ConversationChange> Changes
)
{
    /// <summary>Puts what was collected in order, and cuts it where a page ends.</summary>
    /// <param name="changes">Changes in any order; of each sort the first ones, at least up to <paramref name="complete"/>.</param>
    /// <param name="complete">Up to where nothing is missing.</param>
    /// <param name="upTo">The stamp of the conversation.</param>
    /// <param name="limit">At most so many.</param>
    public static ConversationChanges Of(
        IEnumerable<ConversationChange> changes,
        long complete,
        long upTo,
        int limit
    )
    {
        ConversationChange[] ordered =
        [
            .. changes.Where(change => change.Stamp <= complete).OrderBy(change => change.Stamp),
        ];
        return ordered.Length > limit
                ? new ConversationChanges(ordered[limit - 1].Stamp, true, ordered[..limit])
            : complete < upTo ? new ConversationChanges(complete, true, ordered)
            : new ConversationChanges(upTo, false, ordered);
    }
}
