namespace Platform.Local;

/// <summary>Local mode cannot start; the message says why, to the person who started it.</summary>
public sealed class LocalStartException : Exception
{
    public LocalStartException(string message)
        : base(message) { }

    public LocalStartException(string message, Exception innerException)
        : base(message, innerException) { }
}
