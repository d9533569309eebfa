namespace Platform.Connections.Client;

/// <summary>How far a process is with following the record.</summary>
public enum ConnectionChangesState
{
    /// <summary>It has not begun, or cannot follow at present and will try again.</summary>
    Waiting,

    /// <summary>Another replica follows.</summary>
    StandingBy,

    /// <summary>It follows.</summary>
    Following,
}
