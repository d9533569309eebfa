namespace Platform.ServiceDefaults.Limits;

/// <summary>What <see cref="TierPolicyWorker"/> needs of a source of limits, whatever their type.</summary>
public interface ITierPolicyReload
{
    /// <summary>How often the file is looked at; null where there is none.</summary>
    TimeSpan? Interval { get; }

    /// <summary>Reads the file, if it is another one than before. Called by one caller at a time.</summary>
    void Reload();
}
