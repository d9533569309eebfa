using Platform.Connections.Connections;
using Platform.Connections.Relationships;

namespace Platform.Connections.Watch;

/// <summary>What a watcher wants to know, and what it may know.</summary>
public sealed record WatchFilter
{
    /// <summary>Only pairs of this member; null for everybody's.</summary>
    public string? Member { get; init; }

    /// <summary>
    /// Whether it is <see cref="Member"/> who watches. Members do not learn who ended a connection, nor that they are blocked;
    /// services and operators learn all.
    /// </summary>
    public bool IsMember { get; init; }

    /// <summary>Only pairs in which one of these is; empty for all.</summary>
    public IReadOnlySet<string> Watched { get; init; } = new HashSet<string>();

    /// <summary>Only these kinds, as the watcher sees them; empty for all.</summary>
    public IReadOnlySet<TransitionKind> Kinds { get; init; } = new HashSet<TransitionKind>();

    /// <summary>Whether a pair is of interest at all.</summary>
    public bool Concerns(MemberPair pair) =>
        (Member is null || pair.SideOf(Member) != Side.None)
        && (Watched.Count == 0 || Watched.Contains(pair.Low) || Watched.Contains(pair.High));

    /// <summary>The change as the watcher may see it; null if it does not see it.</summary>
    public VisibleChange? See(PairChange change)
    {
        if (!Concerns(change.Pair))
        {
            return null;
        }
        var seen = IsMember ? AsMember(change, change.Pair.SideOf(Member!)) : AsService(change);
        return seen is not null && (Kinds.Count == 0 || Kinds.Contains(seen.Kind)) ? seen : null;
    }

    private static VisibleChange AsService(PairChange change) =>
        change.Line.Kind == TransitionKind.Emptied
            ? Tell(change, TransitionKind.Removed, Side.None)
            : Tell(change, change.Line.Kind, change.Line.Actor);

    private static VisibleChange? AsMember(PairChange change, Side viewer)
    {
        var line = change.Line;
        return line.Kind switch
        {
            TransitionKind.Withdrawn when line.Actor != viewer => Tell(
                change,
                line.Kind,
                Side.None
            ),
            TransitionKind.Removed => Tell(change, line.Kind, Side.None),
            TransitionKind.Blocked when line.Actor != viewer => AsBlocked(change, viewer),
            TransitionKind.Unblocked when line.Actor != viewer => null,
            // nothing stood between the two that the other could miss; that there ever was something may be a secret
            TransitionKind.Emptied => null,
            _ => Tell(change, line.Kind, line.Actor),
        };
    }

    // What a block ended must look like something else that ends it, and what it did not end must not be seen at all.
    private static VisibleChange? AsBlocked(PairChange change, Side viewer)
    {
        if (change.Before is not { } before)
        {
            return null;
        }
        // the invitation's own number: a block is not about an invitation
        var ended = change with
        {
            Line = change.Line with { InvitationNumber = before.InvitationNumber },
        };
        return StandingAfter(before, viewer) switch
        {
            ConnectionStanding.Connected or ConnectionStanding.InvitationSent => Tell(
                ended,
                TransitionKind.Removed,
                Side.None
            ),
            ConnectionStanding.InvitationReceived => Tell(
                ended,
                TransitionKind.Withdrawn,
                Side.None
            ),
            _ => null,
        };
    }

    private static VisibleChange Tell(PairChange change, TransitionKind kind, Side actor) =>
        new(
            kind,
            change.Pair,
            actor,
            change.Line.Time,
            change.Line.InvitationNumber,
            change.Line.Revision,
            StandingAfter(change.Line, Side.Low)
        );

    private static ConnectionStanding StandingAfter(Transition line, Side viewer) =>
        line.Kind switch
        {
            TransitionKind.Connected => ConnectionStanding.Connected,
            TransitionKind.Invited or TransitionKind.Reminded => Pending(line.Actor, viewer),
            // the invitee undoes it
            TransitionKind.DeclineUndone => Pending(line.Actor.Other(), viewer),
            _ => ConnectionStanding.None,
        };

    private static ConnectionStanding Pending(Side inviter, Side viewer) =>
        inviter == viewer
            ? ConnectionStanding.InvitationSent
            : ConnectionStanding.InvitationReceived;
}
