namespace Platform.Messaging.Messages;

/// <summary>A link that goes with a message.</summary>
public sealed record MessageLink(string Url, string Title);
