using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Conversations;

/// <summary>Refusals that several handlers share, always in the same words.</summary>
public static class Refusals
{
    /// <summary>The same for a conversation that is not there and one that the caller is not in.</summary>
    public static DomainException ConversationNotFound() =>
        new(
            ErrorReason.ConversationNotFound,
            "There is no such conversation that the caller is in."
        );

    public static DomainException MessageNotFound() =>
        new(ErrorReason.MessageNotFound, "The conversation has no message of that number.");

    public static DomainException RequestIdReused() =>
        new(
            ErrorReason.RequestIdReused,
            "The request_id was already used for a request with other content."
        );

    public static DomainException NotAGroup() =>
        new(ErrorReason.NotAGroup, "Only a group is named, joined and left.");

    public static DomainException ConversationFull(int limit) =>
        new DomainException(
            ErrorReason.ConversationFull,
            $"A conversation has at most {limit} members."
        ).With("limit", limit.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The limit is that of those who have left: what names them must end somewhere.</summary>
    public static DomainException TooManyHaveLeft(int limit) =>
        new DomainException(
            ErrorReason.ConversationFull,
            $"{limit} members have left the conversation; it takes nobody in any more."
        ).With("limit", limit.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static DomainException MemberDeleted() =>
        new(ErrorReason.MemberDeleted, "The member is being erased, or has been.");

    /// <summary>Only the first ten are named, so that trailers stay small.</summary>
    public static DomainException NotFirstDegree(IEnumerable<string> memberIds) =>
        new DomainException(
            ErrorReason.NotFirstDegree,
            "Only first-degree connections can be written to."
        ).With("member_ids", string.Join(',', memberIds.Take(10)));
}
