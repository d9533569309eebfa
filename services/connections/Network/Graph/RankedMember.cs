namespace Platform.Connections.Network.Graph;

/// <summary>A member two connections away, with its score.</summary>
/// <param name="Id">Its dense id.</param>
/// <param name="Score">Higher is better.</param>
public readonly record struct RankedMember(int Id, double Score);
