namespace Platform.Connections.Limits;

/// <summary>What an invitation's slot is taken for.</summary>
/// <param name="OtherId">Who is invited.</param>
/// <param name="Number">Which invitation of the pair it is.</param>
public readonly record struct SlotKey(string OtherId, int Number);
