namespace Platform.Follows.Storage;

/// <summary>What became of muting or unmuting.</summary>
/// <param name="Revision">The sequence number of the change.</param>
/// <param name="Mute">The mute as it stood after it; null where none did.</param>
public readonly record struct MuteWrite(MuteOutcome Outcome, long Revision, Mute? Mute);
