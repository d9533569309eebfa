namespace Platform.Follows.Storage;

/// <summary>What a mute silences. The numbers are those of the contract, and stored.</summary>
public enum MuteScope
{
    All = 1,
    Posts = 2,
    ProfileUpdates = 3,
}
