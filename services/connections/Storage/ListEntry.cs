namespace Platform.Connections.Storage;

/// <summary>One entry of a list.</summary>
/// <param name="OtherId">The other member.</param>
/// <param name="Time">Since when it stands in the list.</param>
public readonly record struct ListEntry(string OtherId, DateTimeOffset Time)
{
    /// <summary>The place just after this entry.</summary>
    public ListPosition Position => new(Time, OtherId);
}
