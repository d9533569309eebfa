using Platform.Messaging.Messages;

namespace Platform.Messaging.Storage;

/// <summary>A message to append. What its kind says happens to the conversation happens with it.</summary>
public sealed record MessageDraft
{
    public required MessageKind Kind { get; init; }
    public string Text { get; init; } = "";
    public IReadOnlyList<MessageLink> Links { get; init; } = [];

    /// <summary>Who is added, for <see cref="MessageKind.MembersAdded"/>: none of them a member yet.</summary>
    public IReadOnlyList<string> AffectedMemberIds { get; init; } = [];

    /// <summary>For <see cref="MessageKind.MembersAdded"/>: only while fewer than this many are no longer members.</summary>
    public int MaxFormerMembers { get; init; } = int.MaxValue;

    public string ConversationId { get; init; } = "";
    public string SenderId { get; init; } = "";

    /// <summary>Empty for none.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Of the content of the request; empty without a request id.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Now, in whole milliseconds.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The <see cref="Membership.Version"/> for which this was allowed.</summary>
    public long MembershipVersion { get; init; }

    /// <summary>Whether it changes the members or the name.</summary>
    public bool ChangesConversation =>
        Kind is MessageKind.MembersAdded or MessageKind.MemberLeft or MessageKind.Renamed;
}
