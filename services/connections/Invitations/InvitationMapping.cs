using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Platform.Connections.Connections;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Idempotency;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Invitations;

/// <summary>Between the contract and the domain.</summary>
internal static class InvitationMapping
{
    /// <summary>The invitation as one of its two members sees it.</summary>
    public static Proto.Invitation ToProto(
        MemberPair pair,
        Invitation invitation,
        string viewer,
        DateTimeOffset now,
        InvitationPolicy policy
    )
    {
        var inviter = pair.MemberAt(invitation.Inviter);
        var age = now - invitation.SentTime;
        var message = new Proto.Invitation
        {
            InvitationId = new InvitationId(pair, invitation.Number).ToString(),
            InviterId = inviter,
            InviteeId = pair.MemberAt(invitation.Inviter.Other()),
            State = (Proto.InvitationState)invitation.State,
            Note = invitation.Note,
            SentTime = invitation.SentTime.ToTimestamp(),
            ExpireTime = invitation.ExpireTime.ToTimestamp(),
            EndTime = invitation.EndTime?.ToTimestamp(),
            DeclineReason = (Proto.DeclineReason)invitation.DeclineReason,
            DeclineText = invitation.DeclineText,
            ReminderTime = invitation.ReminderTime?.ToTimestamp(),
            Age = Duration.FromTimeSpan(age < TimeSpan.Zero ? TimeSpan.Zero : age),
        };
        if (invitation.Context is { } context)
        {
            message.Context = new Proto.InvitationContext
            {
                WhereMet = context.WhereMet,
                Affiliation = context.Affiliation,
                Text = context.Text,
            };
        }
        if (string.Equals(viewer, inviter, StringComparison.Ordinal))
        {
            message.CoolDownEndTime = invitation.CoolDownEnd?.ToTimestamp();
            if (invitation is { State: InvitationState.Pending, ReminderTime: null })
            {
                message.ReminderFromTime = (
                    invitation.SentTime + policy.ReminderDelay
                ).ToTimestamp();
            }
        }
        else if (invitation is { State: InvitationState.Declined, EndTime: { } declined })
        {
            message.UndoEndTime = (declined + policy.UndoWindow).ToTimestamp();
        }
        return message;
    }

    /// <summary>What an invitee has in common with the inviter.</summary>
    public static Proto.MutualConnectionsSummary ToProto(MutualSummary summary) =>
        new() { Count = summary.Count, SampleIds = { summary.SampleIds } };

    /// <summary>The context, or null when nothing in it is said.</summary>
    public static InvitationContext? ToDomain(Proto.InvitationContext? context) =>
        context is null
        || (
            context.WhereMet.Length == 0
            && context.Affiliation.Length == 0
            && context.Text.Length == 0
        )
            ? null
            : new InvitationContext(context.WhereMet, context.Affiliation, context.Text);

    /// <summary>What makes a request repeatable; null without a <c>request_id</c>.</summary>
    public static RequestKey? ToRequestKey(string requestId, IMessage content) =>
        requestId.Length == 0 ? null : new RequestKey(requestId, RequestFingerprint.Of(content));
}
