using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Timelines;

/// <summary>
/// Keeps home timelines: for each member who reads, the ids of the newest posts of their sources. It is a cache that the
/// post store can build anew, but an entry that was pushed into an existing timeline is lost only to the capacity. All
/// methods throw <see cref="DomainException"/> with <c>STORE_UNAVAILABLE</c>, after which a part of what they
/// say may have been done; repeating them is safe, and at worst doubles an entry.
/// </summary>
public interface ITimelineStore
{
    /// <summary>Reads a timeline, and keeps it alive for another <see cref="TimelineOptions.InactiveAfter"/>.</summary>
    /// <returns>Null if the member has none: nothing is pushed to them.</returns>
    Task<Timeline?> ReadAsync(string member, CancellationToken cancellationToken);

    /// <summary>
    /// Makes an empty timeline without a mark, if there is none. What is pushed after this returned is in the timeline; so
    /// whoever reads the posts afterwards misses nothing.
    /// </summary>
    Task OpenAsync(string member, CancellationToken cancellationToken);

    /// <summary>
    /// Puts the entries and the mark in the place of the timeline, if it is still as <paramref name="seen"/>; one step.
    /// </summary>
    /// <returns>False if it changed meanwhile, or is gone; nothing was done.</returns>
    Task<bool> ReplaceAsync(
        string member,
        Timeline seen,
        IReadOnlyList<PostId> entries,
        TimelineMark mark,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Adds a post to the timelines that exist among those of <paramref name="members"/>. A timeline keeps at least the
    /// newest pushed entries up to its capacity, and slightly more. Where the store answers for some members only, those get
    /// it - in a repeated push at the latest - and then it throws.
    /// </summary>
    /// <param name="again">
    /// Whether it repeats a push that failed: then timelines that hold the post already are left alone. Otherwise an
    /// outage with many repetitions would fill those that can be reached with doubles, at the cost of their older entries.
    /// </param>
    /// <returns>How many timelines hold it now.</returns>
    Task<int> PushAsync(
        PostId post,
        IReadOnlyList<string> members,
        bool again,
        CancellationToken cancellationToken
    );

    /// <summary>Removes a timeline; nothing happens if there is none.</summary>
    Task DeleteAsync(string member, CancellationToken cancellationToken);

    /// <summary>What was put at the head of each timeline last; the least id for an empty one, and where there is none.</summary>
    Task<IReadOnlyList<PostId>> ReadHeadsAsync(
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    );

    /// <summary>Reads a timeline without keeping it alive: looking after it is not reading it.</summary>
    /// <returns>Null if the member has none.</returns>
    Task<Timeline?> InspectAsync(string member, CancellationToken cancellationToken);

    /// <summary>
    /// A part of the members who have a timeline, in no particular order. Who has one from the first part to the last is in at
    /// least one; parts may be empty.
    /// </summary>
    /// <param name="cursor">Of the part before; empty for the first.</param>
    /// <exception cref="DomainException">
    /// Also <c>INVALID_CURSOR</c>, and <c>CURSOR_EXPIRED</c> if the servers that hold timelines have changed since the cursor.
    /// </exception>
    Task<TimelineOwners> ListOwnersAsync(string cursor, CancellationToken cancellationToken);
}
