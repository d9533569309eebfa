namespace Platform.ServiceDefaults.Telemetry;

/// <summary>Whether calls to something go through. The numbers are what the metric shows.</summary>
public enum CircuitState
{
    /// <summary>All do.</summary>
    Closed = 0,

    /// <summary>One does, to find out whether it answers again.</summary>
    HalfOpen = 1,

    /// <summary>None does: it gave no answers, and is left alone for a while.</summary>
    Open = 2,
}
