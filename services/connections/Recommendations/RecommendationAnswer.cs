namespace Platform.Connections.Recommendations;

/// <summary>What a change answers, the first time and whenever it is repeated.</summary>
/// <param name="Recommendation">The recommendation as it stood after the change.</param>
/// <param name="Revision">A revision that the service had reached by then.</param>
public sealed record RecommendationAnswer(Recommendation Recommendation, long Revision);
