using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Recommendations;

/// <summary>What a command does to a recommendation: a change to store, an answer without a change, or a refusal.</summary>
public sealed record RecommendationDecision
{
    private RecommendationDecision() { }

    /// <summary>What has to be stored, with the revision of what was decided upon; null when nothing changes.</summary>
    public RecommendationThread? Next { get; private init; }

    /// <summary>The answer.</summary>
    public RecommendationAnswer? Answer { get; private init; }

    /// <summary>Why not; to be thrown by whoever executes the decision.</summary>
    public DomainException? Refusal { get; private init; }

    /// <summary>Store <paramref name="next"/>, then answer.</summary>
    public static RecommendationDecision Store(
        RecommendationThread next,
        RecommendationAnswer answer
    ) => new() { Next = next, Answer = answer };

    /// <summary>Answer, changing nothing: a repetition, or what is so already.</summary>
    public static RecommendationDecision Reply(RecommendationAnswer answer) =>
        new() { Answer = answer };

    /// <summary>Refuse, changing nothing.</summary>
    public static RecommendationDecision Refuse(DomainException refusal) =>
        new() { Refusal = refusal };
}
