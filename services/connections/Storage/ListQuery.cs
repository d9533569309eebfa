using Platform.Connections.Relationships;

namespace Platform.Connections.Storage;

/// <summary>Which part of which list of whom.</summary>
/// <param name="Member">Whose list.</param>
/// <param name="List">Which.</param>
/// <param name="Limit">How many entries at most.</param>
public sealed record ListQuery(string Member, RelationshipList List, int Limit)
{
    /// <summary>The order.</summary>
    public ListOrder Order { get; init; } = ListOrder.Recent;

    /// <summary>Only what comes after this place; null for the beginning.</summary>
    public ListPosition? After { get; init; }

    /// <summary>Only entries of this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only entries earlier than this time.</summary>
    public DateTimeOffset? Before { get; init; }
}
