using Platform.Connections.Members;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Settings;

/// <summary>Between the contract and the domain.</summary>
internal static class SettingsMapping
{
    /// <summary>The settings on the wire.</summary>
    public static Proto.ConnectionSettings ToProto(MemberSettings settings) =>
        new()
        {
            ListVisibility = (Proto.ListVisibility)settings.ListVisibility,
            InvitationAudience = (Proto.InvitationAudience)settings.InvitationAudience,
        };
}
