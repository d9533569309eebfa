namespace Platform.Tests.Faults.Model;

/// <summary>A write that got no answer.</summary>
/// <param name="Name">What it is, for the summary.</param>
/// <param name="Subject">What it touches: a pair, a follow, a post, a setting.</param>
/// <param name="Members">Whom it concerns.</param>
/// <param name="RepeatAsync">Sends it again; whether it was answered.</param>
internal sealed record UnansweredWrite(
    string Name,
    object Subject,
    IReadOnlyCollection<string> Members,
    Func<Task<bool>> RepeatAsync
);
