namespace Platform.Connections.Network;

/// <summary>A place in a list of suggestions.</summary>
/// <param name="Revision">The revision of the graph that the list is of.</param>
/// <param name="Day">The day from which ages are counted.</param>
/// <param name="Score">The score of the last one listed.</param>
/// <param name="MemberId">The last one listed.</param>
public sealed record SuggestionPosition(long Revision, ushort Day, double Score, string MemberId);
