namespace Platform.Ctl.Import;

/// <summary>The answer to whether two members are connected.</summary>
/// <param name="State">What stands between them.</param>
/// <param name="InvitationId">The pending invitation, where there is one.</param>
public readonly record struct PairCheck(PairState State, string InvitationId);
