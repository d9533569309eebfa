namespace Platform.Connections.Members;

/// <summary>A change of settings that named a <c>request_id</c>, kept so that a repetition gets the first answer.</summary>
/// <param name="RequestId">The caller's id.</param>
/// <param name="Fingerprint">What was asked.</param>
/// <param name="Time">When.</param>
/// <param name="Settings">All settings after the change.</param>
/// <param name="Revision">The revision of the service that was answered.</param>
public sealed record SettingsMutation(
    string RequestId,
    string Fingerprint,
    DateTimeOffset Time,
    MemberSettings Settings,
    long Revision
);
