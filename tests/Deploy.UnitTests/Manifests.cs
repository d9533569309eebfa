using k8s;
using k8s.Models;

namespace Platform.Tests.Deploy;

/// <summary>A rendered overlay, read strictly: a field that the Kubernetes API does not have is an error.</summary>
internal sealed class Manifests
{
    private readonly List<object> _all;

    private Manifests(List<object> all) => _all = all;

    /// <summary>What has pods: its name, the labels of its pods, and what they are made of.</summary>
    public sealed record Workload(
        string Name,
        IDictionary<string, string> Labels,
        V1PodSpec Pod,
        bool IsService
    );

    public static async Task<Manifests> RenderAsync(string overlay) =>
        Read(await Kubectl.RenderAsync(overlay));

    public static Manifests Read(string yaml) =>
        new(KubernetesYaml.LoadAllFromString(yaml, null, strict: true));

    public IEnumerable<T> Of<T>() => _all.OfType<T>();

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects =>
        [.. _all.Cast<IKubernetesObject<V1ObjectMeta>>()];

    public IReadOnlyList<Workload> Workloads =>
        [
            .. Of<V1Deployment>()
                .Select(deployment => new Workload(
                    deployment.Metadata.Name,
                    deployment.Spec.Template.Metadata.Labels,
                    deployment.Spec.Template.Spec,
                    deployment.Spec.Template.Metadata.Labels.TryGetValue(
                        "app.kubernetes.io/component",
                        out var component
                    )
                        && component == "service"
                )),
            .. Of<V1StatefulSet>()
                .Select(set => new Workload(
                    set.Metadata.Name,
                    set.Spec.Template.Metadata.Labels,
                    set.Spec.Template.Spec,
                    false
                )),
        ];
}
