namespace Platform.Ctl.Import;

/// <summary>Two members that shall be connected, as positions in <see cref="EdgeList.Members"/>.</summary>
/// <param name="Inviter">The first on the line, who invites.</param>
/// <param name="Invitee">The second on the line, who accepts.</param>
public readonly record struct Edge(int Inviter, int Invitee);
