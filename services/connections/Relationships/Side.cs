namespace Platform.Connections.Relationships;

/// <summary>One of the two members of a pair. Also a set of them: a pair may be blocked from both sides.</summary>
[Flags]
public enum Side
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>The member with the smaller id.</summary>
    Low = 1,

    /// <summary>The member with the greater id.</summary>
    High = 2,
}
