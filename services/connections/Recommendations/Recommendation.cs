using Platform.Connections.Relationships;

namespace Platform.Connections.Recommendations;

/// <summary>The latest recommendation by one member of another, and where it stands.</summary>
public sealed record Recommendation
{
    /// <summary>Which recommendation of the two this is: 1, 2, 3 ...</summary>
    public required int Number { get; init; }

    /// <summary>
    /// The number of the invitation that made the connection under which it began. A block ends all that began under this
    /// connection or an earlier one, whatever the clocks of the replicas say: see <see cref="PairStatus.BlockedThrough"/>.
    /// </summary>
    public required int ConnectionNumber { get; init; }

    /// <summary>Where it stands.</summary>
    public required RecommendationState State { get; init; }

    /// <summary>Whether the recipient shows it; counts only while a text is accepted.</summary>
    public bool Shown { get; init; }

    /// <summary>The text that the recipient accepted, or else the first one; empty while there is none.</summary>
    public string Text { get; init; } = "";

    /// <summary>How the author knows the recipient, as accepted or first written; may be empty.</summary>
    public string Relationship { get; init; } = "";

    /// <summary>The recipient's words on asking for it; may be empty.</summary>
    public string RequestText { get; init; } = "";

    /// <summary>What the recipient would like changed; may be empty.</summary>
    public string RevisionRequestText { get; init; } = "";

    /// <summary>A newer text, which the recipient has not accepted; empty while there is none.</summary>
    public string RevisedText { get; init; } = "";

    /// <summary>How the author knows the recipient, with <see cref="RevisedText"/>; empty while there is none.</summary>
    public string RevisedRelationship { get; init; } = "";

    /// <summary>When it was asked for or first written: the time by which lists order it.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>When the recipient accepted the text; null while no text is.</summary>
    public DateTimeOffset? AcceptTime { get; init; }

    /// <summary>When it last changed. Of two changes the later has the later time, so it also tells versions apart.</summary>
    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>Whether nothing can happen to it any more.</summary>
    public bool IsFinal => State is RecommendationState.Withdrawn or RecommendationState.Declined;

    /// <summary>Whether there is a text that the recipient accepted and nobody took back.</summary>
    public bool IsAccepted => AcceptTime is not null && !IsFinal;

    /// <summary>Whether it is on the recipient's profile. What waits or is asked for behind an accepted text does not change that.</summary>
    public bool IsPublic => IsAccepted && Shown;

    /// <summary>Where it stands when the recipient's wish for another version is left out.</summary>
    internal RecommendationState StateWithoutWish =>
        RevisedText.Length > 0 ? RecommendationState.Revised
        : AcceptTime is not null ? RecommendationState.Accepted
        : RecommendationState.Written;

    /// <summary>
    /// Whether it is still there: not between two of whom one blocks the other, nor ever again after a block. Derived from the pair at
    /// each look, so that a block is one change of one document.
    /// </summary>
    public bool Outlives(PairStatus pair) =>
        pair.BlockedBy == Side.None && ConnectionNumber > pair.BlockedThrough;

    /// <summary>
    /// What strangers may know of it: only what was accepted, and not that something else waits or is wished for.
    /// </summary>
    public Recommendation AsPublic() =>
        this with
        {
            State = RecommendationState.Accepted,
            RequestText = "",
            RevisionRequestText = "",
            RevisedText = "",
            RevisedRelationship = "",
            UpdateTime = AcceptTime ?? UpdateTime,
        };
}
