using k8s.Models;

namespace Platform.Tests.Deploy;

/// <summary>Which pods a selector means.</summary>
internal static class Selectors
{
    /// <summary>Whether the selector means a pod with these labels; an empty one means all.</summary>
    public static bool Means(this V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(pair =>
            labels.TryGetValue(pair.Key, out var value) && value == pair.Value
        )
        && (selector.MatchExpressions ?? []).All(expression =>
            expression.OperatorProperty switch
            {
                "In" => labels.TryGetValue(expression.Key, out var value)
                    && expression.Values.Contains(value),
                var other => throw new NotSupportedException($"operator {other}"),
            }
        );

    /// <summary>Whether a policy lets these pods be reached at the port, by the pods of the caller.</summary>
    public static bool LetsIn(
        this V1NetworkPolicy policy,
        IDictionary<string, string> pod,
        int port,
        IDictionary<string, string>? caller
    ) =>
        policy.Spec.PodSelector.Means(pod)
        && (policy.Spec.Ingress ?? []).Any(rule =>
            Has(rule.Ports, port) && FromOrTo(rule.FromProperty, caller)
        );

    /// <summary>Whether a policy lets these pods call the port of the other pods.</summary>
    public static bool LetsOut(
        this V1NetworkPolicy policy,
        IDictionary<string, string> pod,
        int port,
        IDictionary<string, string>? callee
    ) =>
        policy.Spec.PodSelector.Means(pod)
        && (policy.Spec.Egress ?? []).Any(rule =>
            Has(rule.Ports, port) && FromOrTo(rule.To, callee)
        );

    private static bool Has(IList<V1NetworkPolicyPort>? ports, int port) =>
        ports is null || ports.Any(candidate => candidate.Port?.Value == port.ToString());

    private static bool FromOrTo(
        IList<V1NetworkPolicyPeer>? peers,
        IDictionary<string, string>? other
    ) =>
        peers is null or []
        || (
            other is not null
            && peers.Any(peer => peer.PodSelector is { } selector && selector.Means(other))
        );
}
