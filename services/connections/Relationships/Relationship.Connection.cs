using Platform.Common.V1;

namespace Platform.Connections.Relationships;

public sealed partial record Relationship
{
    /// <summary>Ends the connection. Bars nobody: either may invite again at once.</summary>
    public Decision Remove(RelationshipCommand command)
    {
        var actor = ActorOf(command);
        if (FindRepetition(command, actor) is { } repetition)
        {
            return repetition;
        }
        return State == RelationshipState.Connected
            ? Store(
                command,
                actor,
                TransitionKind.Removed,
                this with
                {
                    State = RelationshipState.Removed,
                },
                answer: null
            )
            : Refuse(ErrorReason.NotConnected, "The two are not connected.");
    }

    private Decision Connect(RelationshipCommand command, Side actor)
    {
        var invitation = Invitation! with
        {
            State = InvitationState.Accepted,
            EndTime = command.Now,
        };
        return Store(
            command,
            actor,
            TransitionKind.Connected,
            this with
            {
                State = RelationshipState.Connected,
                Invitation = invitation,
                LowBarredUntil = null,
                HighBarredUntil = null,
            },
            invitation
        );
    }
}
