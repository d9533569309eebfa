namespace Platform.Connections.Relationships;

/// <summary>How the inviter knows the invitee; each part may be empty.</summary>
/// <param name="WhereMet">An event or a place.</param>
/// <param name="Affiliation">A company, school or project that both share.</param>
/// <param name="Text">Anything else.</param>
public sealed record InvitationContext(string WhereMet, string Affiliation, string Text);
