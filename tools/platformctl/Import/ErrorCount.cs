namespace Platform.Ctl.Import;

/// <summary>How often something failed for one reason.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">How often.</param>
/// <param name="Example">What the first of these failures said.</param>
public sealed record ErrorCount(string Reason, int Count, string Example);
