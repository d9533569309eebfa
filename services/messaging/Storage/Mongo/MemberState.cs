namespace Platform.Messaging.Storage.Mongo;

/// <summary>A member in the document of a conversation.</summary>
internal sealed record MemberState
{
    public required string MemberId { get; init; }
    public required DateTimeOffset JoinTime { get; init; }

    /// <summary>Empty for the one who started it.</summary>
    public string AddedById { get; init; } = "";

    /// <summary>The first number that they may read.</summary>
    public required long FirstNumber { get; init; }
    public required long ReadNumber { get; init; }
    public DateTimeOffset? ReadTime { get; init; }

    /// <summary>Messages of others after <see cref="ReadNumber"/>.</summary>
    public required long Unread { get; init; }

    /// <summary>Of the latest move of the mark; 0 for none.</summary>
    public long ReadStamp { get; init; }

    /// <summary>An erased member of a pair: named for the other's sake, and in it no more.</summary>
    public bool IsGone { get; init; }
}
