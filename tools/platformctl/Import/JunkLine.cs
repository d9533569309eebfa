namespace Platform.Ctl.Import;

/// <summary>A line of an edge list that says nothing that can be imported.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record JunkLine(long Line, string Problem);
