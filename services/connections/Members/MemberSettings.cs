namespace Platform.Connections.Members;

/// <summary>What a member decides about invitations and the list of connections.</summary>
/// <param name="ListVisibility">Who sees the list of connections.</param>
/// <param name="InvitationAudience">Who may invite the member.</param>
public sealed record MemberSettings(
    ListVisibility ListVisibility,
    InvitationAudience InvitationAudience
)
{
    /// <summary>What counts as long as nothing was set.</summary>
    public static readonly MemberSettings Default = new(
        ListVisibility.Everyone,
        InvitationAudience.Everyone
    );
}
