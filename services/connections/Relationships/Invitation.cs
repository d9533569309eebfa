namespace Platform.Connections.Relationships;

/// <summary>The latest invitation of a pair, and what became of it.</summary>
public sealed record Invitation
{
    /// <summary>Which invitation of the pair this is: 1, 2, 3 ...</summary>
    public required int Number { get; init; }

    /// <summary>Who invites.</summary>
    public required Side Inviter { get; init; }

    /// <summary>Where it stands.</summary>
    public required InvitationState State { get; init; }

    /// <summary>The inviter's words; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>How the inviter knows the invitee, if they said so.</summary>
    public InvitationContext? Context { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset SentTime { get; init; }

    /// <summary>When it expires if nobody acts.</summary>
    public required DateTimeOffset ExpireTime { get; init; }

    /// <summary>When the one reminder was sent.</summary>
    public DateTimeOffset? ReminderTime { get; init; }

    /// <summary>The tier of the call that sent it: by its limits the inviter's side is held when the two connect; empty for the default.</summary>
    public string Tier { get; init; } = "";

    /// <summary>When it was answered, withdrawn or expired.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Why it was declined.</summary>
    public DeclineReason DeclineReason { get; init; }

    /// <summary>Why it was declined, in the invitee's words.</summary>
    public string DeclineText { get; init; } = "";

    /// <summary>Until when the inviter may not invite again, after a decline or a withdrawal.</summary>
    public DateTimeOffset? CoolDownEnd { get; init; }
}
