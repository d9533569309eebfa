namespace Platform.Connections.Network.Graph;

/// <summary>A place in the order by mutual count: by words that any view of any replica understands.</summary>
/// <param name="MutualCount">The mutual count of the last member listed.</param>
/// <param name="MemberId">That member.</param>
public sealed record SecondDegreePosition(int MutualCount, string MemberId);
