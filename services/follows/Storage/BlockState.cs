namespace Platform.Follows.Storage;

/// <summary>What a change of connections says of a block.</summary>
public enum BlockState
{
    /// <summary>It stands.</summary>
    Blocked,

    /// <summary>It was lifted, or something happened that cannot happen while it stands.</summary>
    Unblocked,
}
