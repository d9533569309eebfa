namespace Platform.Follows.Storage;

/// <summary>What became of a <see cref="SettingsChange"/>.</summary>
/// <param name="State">All settings after it.</param>
/// <param name="Revision">The sequence number of the member's bucket.</param>
public readonly record struct SettingsWrite(
    SettingsOutcome Outcome,
    MemberState State,
    long Revision
);
