namespace Platform.Feed.Storage;

/// <summary>Posts that may be missing in home timelines, because they are not pushed or not yet.</summary>
/// <param name="Open">Those whose job is open, newest first.</param>
/// <param name="Pulled">Those whose job was closed as pulled, in the order of closing, latest first.</param>
public sealed record Unpushed(IReadOnlyList<PostRecord> Open, IReadOnlyList<PostRecord> Pulled);
