namespace Platform.Messaging.Members;

/// <summary>What a call did for an erasure.</summary>
/// <param name="Done">Whether nothing is left.</param>
/// <param name="Messages">How many messages it erased.</param>
/// <param name="Conversations">How many conversations it left.</param>
public sealed record ErasureProgress(bool Done, long Messages, long Conversations);
