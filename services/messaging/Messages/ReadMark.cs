namespace Platform.Messaging.Messages;

/// <summary>How far a member has read a conversation.</summary>
/// <param name="ReadNumber">The last number read; when the mark was refused, as it stands.</param>
/// <param name="UnreadCount">Messages of others after it.</param>
/// <param name="BeyondEnd">The number was not given out yet; nothing changed.</param>
public sealed record ReadMark(long ReadNumber, long UnreadCount, bool BeyondEnd = false)
{
    /// <summary>Whom the move concerns; none when nothing moved. No part of what the mark is.</summary>
    public IReadOnlyList<string> MemberIds { get; init; } = [];

    /// <inheritdoc />
    public bool Equals(ReadMark? other) =>
        other is not null
        && (ReadNumber, UnreadCount, BeyondEnd)
            == (other.ReadNumber, other.UnreadCount, other.BeyondEnd);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(ReadNumber, UnreadCount, BeyondEnd);
}
