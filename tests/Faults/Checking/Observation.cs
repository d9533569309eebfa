using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Checking;

/// <summary>Something that the platform answered, to be compared with the model.</summary>
internal abstract record Observation
{
    /// <summary>What one is told that stands between the two.</summary>
    public sealed record Standing(string Viewer, string Other, ConnectionStatus Status)
        : Observation;

    /// <summary>A list of connections and its count; null where hidden.</summary>
    public sealed record ConnectionList(
        string Viewer,
        string Owner,
        IReadOnlyList<string>? Members,
        long? Count
    ) : Observation;

    /// <summary>Whom a member blocks.</summary>
    public sealed record BlockList(string Member, IReadOnlyList<string> Blocked) : Observation;

    /// <summary>What a member follows of a kind, and the count of it.</summary>
    public sealed record FollowingList(
        string Member,
        EntityKind Kind,
        IReadOnlyList<string> Ids,
        long Count
    ) : Observation;

    /// <summary>Who follows a member, and the count that the member is shown.</summary>
    public sealed record FollowerList(string Owner, IReadOnlyList<string> Followers, long? Count)
        : Observation;

    /// <summary>How many follow a member, as another is told; null where hidden.</summary>
    public sealed record FollowerCount(string Viewer, string Owner, long? Count) : Observation;

    /// <summary>What a member mutes.</summary>
    public sealed record MuteList(string Member, IReadOnlyList<Target> Muted) : Observation;

    /// <summary>A conversation as one of the two reads it.</summary>
    public sealed record Conversation(
        string Viewer,
        string Other,
        IReadOnlyList<Message> Messages,
        long LastNumber,
        long UnreadCount
    ) : Observation;

    /// <summary>What a member has not read, in all conversations together.</summary>
    public sealed record Unread(string Member, long Conversations, long Messages) : Observation;

    /// <summary>A home feed: all of it, or its beginning.</summary>
    public sealed record HomeFeed(
        string Viewer,
        IReadOnlyList<Entry> Entries,
        bool IsComplete,
        bool IsWhole
    ) : Observation;

    /// <summary>An author's posts, as another sees them.</summary>
    public sealed record AuthorPosts(
        string Viewer,
        string Author,
        IReadOnlyList<Entry> Posts,
        bool IsComplete
    ) : Observation;

    /// <summary>A message as it was read.</summary>
    public sealed record Message(long Number, string Sender, string Text, bool IsDeleted);

    /// <summary>A post as it was read.</summary>
    public sealed record Entry(string PostId, string Author, string Text);
}
