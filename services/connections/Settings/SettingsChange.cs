using Platform.Connections.Members;

namespace Platform.Connections.Settings;

/// <summary>The settings that a member changes; null leaves one as it is.</summary>
/// <param name="ListVisibility">Who is to see the list of connections.</param>
/// <param name="InvitationAudience">Who is to be able to invite the member.</param>
public sealed record SettingsChange(
    ListVisibility? ListVisibility,
    InvitationAudience? InvitationAudience
)
{
    /// <summary>The settings after this change.</summary>
    public MemberSettings Apply(MemberSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new MemberSettings(
            ListVisibility ?? settings.ListVisibility,
            InvitationAudience ?? settings.InvitationAudience
        );
    }
}
