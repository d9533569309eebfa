namespace Platform.Connections.Limits;

/// <summary>The limits of one tier as the policy says them: null takes the default tier's, 0 allows none, -1 sets no limit.</summary>
public sealed class TierOptions
{
    /// <summary>Invitations sent in the last seven days.</summary>
    public long? WeeklyInvitations { get; set; }

    /// <summary>Invitations pending at once.</summary>
    public long? PendingInvitations { get; set; }

    /// <summary>Connections.</summary>
    public long? Connections { get; set; }

    /// <summary>Members blocked.</summary>
    public long? Blocks { get; set; }

    /// <summary>This, with what another one sets in place of it.</summary>
    internal TierOptions With(TierOptions other) =>
        new()
        {
            WeeklyInvitations = other.WeeklyInvitations ?? WeeklyInvitations,
            PendingInvitations = other.PendingInvitations ?? PendingInvitations,
            Connections = other.Connections ?? Connections,
            Blocks = other.Blocks ?? Blocks,
        };

    // each is a line of the member's document, which every invitation writes
    private const int MaxWeeklyInvitations = 5000;

    internal IEnumerable<string> Validate(string tier)
    {
        if (WeeklyInvitations > MaxWeeklyInvitations)
        {
            yield return $"{tier}:{nameof(WeeklyInvitations)} must be at most {MaxWeeklyInvitations}, or -1 for no limit; it is {WeeklyInvitations}.";
        }
        foreach (var problem in ValidateSigns(tier))
        {
            yield return problem;
        }
    }

    private IEnumerable<string> ValidateSigns(string tier) =>
        new[]
        {
            (nameof(WeeklyInvitations), WeeklyInvitations),
            (nameof(PendingInvitations), PendingInvitations),
            (nameof(Connections), Connections),
            (nameof(Blocks), Blocks),
        }
            .Where(limit => limit.Item2 < LimitPolicy.NoLimit)
            .Select(limit =>
                $"{tier}:{limit.Item1} must be 0 or more, or -1 for no limit; it is {limit.Item2}."
            );
}
