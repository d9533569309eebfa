namespace Platform.Tests.Faults.Load;

/// <summary>What became of a call.</summary>
internal enum Outcome
{
    /// <summary>It was answered.</summary>
    Acknowledged,

    /// <summary>It was refused for good, with a reason: nothing changed.</summary>
    Refused,

    /// <summary>Nobody knows: it may have happened.</summary>
    Unknown,
}
