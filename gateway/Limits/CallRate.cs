namespace Platform.Gateway.Limits;

/// <summary>A token bucket: so many calls a second on average, so many at once after a rest.</summary>
public sealed class CallRate
{
    /// <summary>Calls a second; 0 for no limit.</summary>
    public int PerSecond { get; set; }

    /// <summary>Calls at once.</summary>
    public int Burst { get; set; }
}
