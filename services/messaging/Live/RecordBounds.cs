namespace Platform.Messaging.Live;

/// <summary>Where the record of changes stands.</summary>
/// <param name="Settled">Nothing up to this stamp will still come.</param>
/// <param name="Greatest">No greater one was ever given.</param>
public sealed record RecordBounds(long Settled, long Greatest);
