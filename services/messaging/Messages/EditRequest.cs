namespace Platform.Messaging.Messages;

/// <summary>A request that edited a message, for whoever repeats it.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Fingerprint">Of its content.</param>
/// <param name="Time">When the text was changed.</param>
public sealed record EditRequest(string RequestId, string Fingerprint, DateTimeOffset Time)
{
    /// <summary>How many a message remembers; the oldest goes.</summary>
    public const int MaxRemembered = 16;
}
