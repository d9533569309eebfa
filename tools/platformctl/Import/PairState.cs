namespace Platform.Ctl.Import;

/// <summary>What stands between the two members of an edge, seen from the first.</summary>
public enum PairState
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are connected.</summary>
    Connected,

    /// <summary>The first has invited the second.</summary>
    InvitationSent,

    /// <summary>The second has invited the first.</summary>
    InvitationReceived,
}
