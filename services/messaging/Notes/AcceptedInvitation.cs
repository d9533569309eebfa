namespace Platform.Messaging.Notes;

/// <summary>An invitation that was accepted.</summary>
/// <param name="InviterId">Who wrote the note.</param>
/// <param name="InviteeId">Who accepted.</param>
/// <param name="Note">What it says; may be empty.</param>
public sealed record AcceptedInvitation(string InviterId, string InviteeId, string Note);
