using Platform.Connections.Members;

namespace Platform.Connections.Settings;

/// <summary>What a change of settings answers, the first time and whenever it is repeated.</summary>
/// <param name="Settings">All settings after the change.</param>
/// <param name="Revision">The revision of the service.</param>
public sealed record SettingsAnswer(MemberSettings Settings, long Revision);
