namespace Platform.Connections.Storage;

/// <summary>The order of a list.</summary>
public enum ListOrder
{
    /// <summary>The latest first; those of one instant by the other's id.</summary>
    Recent,

    /// <summary>By the other's id, ascending, byte by byte.</summary>
    Id,
}
