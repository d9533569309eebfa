using System.Diagnostics.Metrics;
using Platform.Connections.Connections;
using Platform.Connections.Relationships;

namespace Platform.Connections.Telemetry;

/// <summary>What the service counts; the meter is <see cref="MeterName"/>.</summary>
public sealed class ConnectionMetrics
{
    /// <summary>The meter of this service.</summary>
    public const string MeterName = "Platform.Connections";

    // made once: checks are the service's hottest path
    private static readonly KeyValuePair<string, object?> FirstDegree = Outcome("first_degree");
    private static readonly KeyValuePair<string, object?> Other = Outcome("other");

    private readonly Counter<long> _checks;
    private readonly Counter<long> _invitations;

    public ConnectionMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _checks = meter.CreateCounter<long>(
            "connections.checks",
            "{check}",
            "Pairs that were checked, by whether the two are first-degree connections."
        );
        _invitations = meter.CreateCounter<long>(
            "connections.invitations",
            "{invitation}",
            "What became of invitations."
        );
    }

    /// <summary>One pair was checked.</summary>
    public void Checked(ConnectionStanding standing) =>
        _checks.Add(1, standing == ConnectionStanding.Connected ? FirstDegree : Other);

    /// <summary>Pairs were checked.</summary>
    public void Checked(IReadOnlyCollection<ConnectionCheckResult> results)
    {
        if (!_checks.Enabled)
        {
            return;
        }
        var connected = results.Count(result => result.Standing == ConnectionStanding.Connected);
        if (connected > 0)
        {
            _checks.Add(connected, FirstDegree);
        }
        if (connected < results.Count)
        {
            _checks.Add(results.Count - connected, Other);
        }
    }

    /// <summary>A change of a pair was stored by this process; those that are nothing about an invitation are not counted.</summary>
    public void Stored(TransitionKind kind)
    {
        if (OutcomeOf(kind) is { } outcome)
        {
            _invitations.Add(1, Outcome(outcome));
        }
    }

    private static string? OutcomeOf(TransitionKind kind) =>
        kind switch
        {
            TransitionKind.Invited => "sent",
            TransitionKind.Reminded => "reminded",
            // an invitation that crosses another accepts it
            TransitionKind.Connected => "accepted",
            TransitionKind.Declined => "declined",
            TransitionKind.DeclineUndone => "decline_undone",
            TransitionKind.Withdrawn => "withdrawn",
            TransitionKind.Expired => "expired",
            _ => null,
        };

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);
}
