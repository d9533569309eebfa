namespace Platform.Connections.Members;

/// <summary>Where the erasure of a member stands. The numbers are stored, and are those of the contract.</summary>
public enum MemberDeletionState
{
    /// <summary>Under way.</summary>
    Running = 2,

    /// <summary>Done; nothing of the member is left but this.</summary>
    Done = 3,
}
