using Platform.Follows.Storage;

namespace Platform.Follows.Operations;

/// <summary>A follow whose two directions do not agree.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Pair">Who follows what, or seems to.</param>
/// <param name="IsRepaired">Whether it was mended.</param>
public sealed record FollowFinding(FollowFindingKind Kind, FollowPair Pair, bool IsRepaired);
