namespace Platform.Messaging.Live;

/// <summary>
/// What messaging has in Redis: channels, and nothing that is kept.
/// <code>
/// {prefix}messaging:live:{member}     "origin|c|conversation": something is new there; look
///                                     "origin|t|conversation|typist": who is typing there
/// </code>
/// A message that is lost costs no more than the time to the next look at the store. The origin is the process that sent it, which
/// knows already.
/// </summary>
internal static class LiveKeys
{
    /// <summary>The channel of a member.</summary>
    public static string Channel(string prefix, string memberId) =>
        $"{prefix}messaging:live:{memberId}";

    public static string Changed(string origin, string conversationId) =>
        $"{origin}|c|{conversationId}";

    public static string Typing(string origin, string conversationId, string typistId) =>
        $"{origin}|t|{conversationId}|{typistId}";
}
