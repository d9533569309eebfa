using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Invitations;

/// <summary>Section <c>Invitations</c>: the rules of inviting.</summary>
public sealed class InvitationOptions : IValidatedOptions
{
    /// <summary>How long an invitation waits before it expires.</summary>
    public TimeSpan Expiry { get; set; } = TimeSpan.FromDays(180);

    /// <summary>How often overdue invitations are looked for.</summary>
    public TimeSpan ExpiryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a withdrawal bars its inviter from inviting the same member.</summary>
    public TimeSpan WithdrawCoolDown { get; set; } = TimeSpan.FromDays(21);

    /// <summary>How long a decline bars the inviter from inviting the same member.</summary>
    public TimeSpan DeclineCoolDown { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long after an invitation its one reminder may be sent.</summary>
    public TimeSpan ReminderDelay { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a decline can be undone.</summary>
    public TimeSpan UndoWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Whether a batch in which notes repeat word for word is refused.</summary>
    public bool RefuseGenericNotes { get; set; } = true;

    /// <summary>The times, as the domain takes them.</summary>
    public InvitationPolicy Policy =>
        new(Expiry, WithdrawCoolDown, DeclineCoolDown)
        {
            ReminderDelay = ReminderDelay,
            UndoWindow = UndoWindow,
        };

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (Expiry <= TimeSpan.Zero)
        {
            yield return $"Invitations:Expiry must be positive; it is {Expiry}.";
        }
        if (ExpiryInterval < TimeSpan.FromSeconds(1))
        {
            yield return $"Invitations:ExpiryInterval must be at least a second; it is {ExpiryInterval}.";
        }
        // a timer counts 49 days and no further
        if (ExpiryInterval > TimeSpan.FromDays(40))
        {
            yield return $"Invitations:ExpiryInterval must be at most 40 days; it is {ExpiryInterval}.";
        }
        if (WithdrawCoolDown < TimeSpan.Zero)
        {
            yield return $"Invitations:WithdrawCoolDown must not be negative; it is {WithdrawCoolDown}.";
        }
        if (DeclineCoolDown < TimeSpan.Zero)
        {
            yield return $"Invitations:DeclineCoolDown must not be negative; it is {DeclineCoolDown}.";
        }
        if (ReminderDelay < TimeSpan.Zero)
        {
            yield return $"Invitations:ReminderDelay must not be negative; it is {ReminderDelay}.";
        }
        if (UndoWindow < TimeSpan.Zero)
        {
            yield return $"Invitations:UndoWindow must not be negative; it is {UndoWindow}.";
        }
    }
}
