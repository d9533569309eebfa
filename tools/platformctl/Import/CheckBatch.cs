namespace Platform.Ctl.Import;

/// <summary>Edges that begin with the same member, to be looked up in one call.</summary>
/// <param name="Inviter">The member, as a position in <see cref="EdgeList.Members"/>.</param>
/// <param name="Edges">Positions in <see cref="EdgeList.Edges"/>.</param>
public sealed record CheckBatch(int Inviter, IReadOnlyList<int> Edges);
