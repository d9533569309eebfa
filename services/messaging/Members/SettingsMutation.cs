namespace Platform.Messaging.Members;

/// <summary>A request that changed settings, for whoever repeats it.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Fingerprint">Of its content.</param>
/// <param name="Time">When.</param>
/// <param name="Settings">What it was answered.</param>
public sealed record SettingsMutation(
    string RequestId,
    string Fingerprint,
    DateTimeOffset Time,
    MemberSettings Settings
);
