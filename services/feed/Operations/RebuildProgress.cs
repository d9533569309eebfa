namespace Platform.Feed.Operations;

/// <summary>How far a rebuild is.</summary>
public sealed record RebuildProgress(
    string Cursor,
    long TimelinesRebuilt,
    long EntriesWritten,
    bool IsDone
);
