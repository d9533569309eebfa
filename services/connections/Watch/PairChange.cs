using Platform.Connections.Relationships;

namespace Platform.Connections.Watch;

/// <summary>One change of a pair.</summary>
/// <param name="Pair">The two members.</param>
/// <param name="Line">The line of the ledger.</param>
/// <param name="Before">The line before it; null where there is none, or none is kept.</param>
public sealed record PairChange(MemberPair Pair, Transition Line, Transition? Before);
