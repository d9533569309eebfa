namespace Platform.Feed.Operations;

/// <summary>What is wrong with a timeline; the numbers are those of the contract.</summary>
public enum FindingKind
{
    /// <summary>A delivered post that belongs into it is not there, and the next read would not notice.</summary>
    Missing = 1,

    /// <summary>There is no such post, or not any more.</summary>
    Dangling = 2,

    /// <summary>No source of the member gives a reason.</summary>
    Unjustified = 3,

    /// <summary>It stands there more than once.</summary>
    Doubled = 4,
}
