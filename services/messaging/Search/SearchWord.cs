namespace Platform.Messaging.Search;

/// <summary>A word of a text.</summary>
/// <param name="Folded">In lower case and without accents.</param>
/// <param name="Start">Where it begins, in code points.</param>
/// <param name="Length">How many code points it has.</param>
public readonly record struct SearchWord(string Folded, int Start, int Length);
