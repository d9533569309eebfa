namespace Platform.Connections.Network.Graph;

/// <summary>A member two connections away.</summary>
/// <param name="Id">Its dense id.</param>
/// <param name="MutualCount">Through how many connections.</param>
public readonly record struct SecondDegreeMember(int Id, int MutualCount);
