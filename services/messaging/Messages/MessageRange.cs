namespace Platform.Messaging.Messages;

/// <summary>Which messages to read.</summary>
/// <param name="Start">The number to begin with, included; 0 for the end (newest first) or the beginning.</param>
/// <param name="NewestFirst">Falling numbers, else rising.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="MaxBytes">Stop after the message whose text and links, with those before it, reach this; at least one is always given.</param>
public sealed record MessageRange(long Start, bool NewestFirst, int Limit, int MaxBytes);
