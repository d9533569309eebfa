using System.Globalization;
using k8s.Models;
using Platform.ServiceDefaults.Draining;

namespace Platform.Tests.Deploy;

/// <summary>What every overlay of deploy/kubernetes must hold, on what it renders to.</summary>
public sealed class KubernetesTests
{
    private static readonly string[] Services =
    [
        "connections",
        "feed",
        "follows",
        "gateway",
        "messaging",
    ];

    /// <summary>Who calls whom: the addresses in the settings of the caller.</summary>
    private static readonly (string Caller, string Callee)[] Calls =
    [
        ("follows", "connections"),
        ("messaging", "connections"),
        ("feed", "connections"),
        ("feed", "follows"),
        ("gateway", "connections"),
        ("gateway", "follows"),
        ("gateway", "messaging"),
        ("gateway", "feed"),
    ];

    public static TheoryData<string> Overlays =>
        [
            .. Directory
                .GetDirectories(Path.Combine(Kubectl.Folder, "overlays"))
                .Select(folder => Path.GetFileName(folder)),
        ];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Overlay_HasAllServices_InItsOwnNamespace(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        Assert.Equal(
            Services,
            manifests.Workloads.Where(w => w.IsService).Select(w => w.Name).Order()
        );
        var space = Assert.Single(manifests.Of<V1Namespace>()).Metadata.Name;
        Assert.All(
            manifests.Objects.Where(o => o is not V1Namespace),
            o => Assert.Equal(space, o.Metadata.NamespaceProperty)
        );
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Containers_MayDoNothingButTheirWork(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        Assert.All(
            manifests.Workloads,
            workload =>
            {
                Assert.False(workload.Pod.AutomountServiceAccountToken ?? true);
                Assert.Contains(
                    manifests.Of<V1ServiceAccount>(),
                    account => account.Metadata.Name == workload.Pod.ServiceAccountName
                );
                Assert.True(workload.Pod.SecurityContext.RunAsNonRoot);
                Assert.NotEqual(0, workload.Pod.SecurityContext.RunAsUser ?? 0);
                Assert.Equal("RuntimeDefault", workload.Pod.SecurityContext.SeccompProfile.Type);
                Assert.All(
                    workload.Pod.Containers,
                    container =>
                    {
                        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
                        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                    }
                );
            }
        );
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Containers_HaveBounds_Probes_AndAVersion(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        Assert.All(
            manifests.Workloads.SelectMany(workload => workload.Pod.Containers),
            container =>
            {
                var tag = container.Image[(container.Image.LastIndexOf(':') + 1)..];
                Assert.True(
                    container.Image.Contains(':') && tag is not "latest",
                    $"{container.Image} names no version"
                );
                Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order());
                Assert.Equal(["cpu", "memory"], container.Resources.Limits.Keys.Order());
                Assert.NotNull(container.ReadinessProbe);
                Assert.NotNull(container.LivenessProbe);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Services_AreProbedByGrpc_AndNotRestartedForTheirStores(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        Assert.All(
            manifests.Workloads.Where(workload => workload.IsService),
            workload =>
            {
                var container = Assert.Single(workload.Pod.Containers);
                var port = container.Ports.Single(port => port.Name == "grpc").ContainerPort;
                Assert.Equal("live", container.LivenessProbe.Grpc.Service);
                Assert.Equal(port, container.LivenessProbe.Grpc.Port);
                Assert.Equal("live", container.StartupProbe.Grpc.Service);
                Assert.Null(container.ReadinessProbe.Grpc.Service);
                Assert.Equal(port, container.ReadinessProbe.Grpc.Port);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Services_EndInTheirTime_AndKeepABudget(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        Assert.All(
            manifests.Workloads,
            workload =>
                Assert.Single(
                    manifests.Of<V1PodDisruptionBudget>(),
                    budget => budget.Spec.Selector.Means(workload.Labels)
                )
        );
        Assert.All(
            manifests.Workloads.Where(workload => workload.IsService),
            workload =>
            {
                var container = Assert.Single(workload.Pod.Containers);
                // in this time Kubernetes tells whoever chooses among pods, before the program is told to stop
                var wait = TimeSpan.FromSeconds(container.Lifecycle.PreStop.Sleep.Seconds);
                Assert.InRange(wait, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
                Assert.InRange(
                    TimeSpan.FromSeconds(workload.Pod.TerminationGracePeriodSeconds!.Value),
                    wait + DrainOf(manifests, container).EndsWithin + Repository.ToSpare,
                    TimeSpan.FromMinutes(2)
                );
                Assert.Single(
                    manifests.Of<V2HorizontalPodAutoscaler>(),
                    scaler => scaler.Spec.ScaleTargetRef.Name == workload.Name
                );
            }
        );
        Assert.All(
            manifests.Of<V1Deployment>().Where(d => Services.Contains(d.Metadata.Name)),
            // what the autoscaler decides must not be set back by the next apply
            deployment => Assert.Null(deployment.Spec.Replicas)
        );
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Services_BehindTheGateway_AreHeadless_AndTheirPortsAreThere(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);

        Assert.All(
            manifests.Of<V1Service>(),
            service =>
            {
                var workload = Assert.Single(
                    manifests.Workloads,
                    w => new V1LabelSelector { MatchLabels = service.Spec.Selector }.Means(w.Labels)
                );
                var names = workload.Pod.Containers.SelectMany(c => c.Ports).Select(p => p.Name);
                Assert.All(
                    service.Spec.Ports,
                    port => Assert.Contains(port.TargetPort.Value, names)
                );
                if (workload.IsService && workload.Name != "gateway")
                {
                    Assert.Equal("None", service.Spec.ClusterIP);
                }
            }
        );
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Settings_ThatPodsRefer_AreThere_AndSecretsAreByReference(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);
        var maps = manifests.Of<V1ConfigMap>().ToDictionary(map => map.Metadata.Name);

        Assert.All(
            manifests.Workloads.Where(workload => workload.IsService),
            workload =>
            {
                var container = workload.Pod.Containers[0];
                Assert.All(
                    container.EnvFrom,
                    source => Assert.Contains(source.ConfigMapRef.Name, maps.Keys)
                );
                Assert.All(
                    (container.Env ?? []).Where(env =>
                        env.Name.EndsWith("ConnectionString", StringComparison.Ordinal)
                    ),
                    env => Assert.NotNull(env.ValueFrom?.SecretKeyRef)
                );
            }
        );
        Assert.All(
            maps.Values.SelectMany(map => map.Data),
            pair => Assert.DoesNotContain("PRIVATE KEY", pair.Value, StringComparison.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Policies_LetOnlyThoseCallWhoMust(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);
        var policies = manifests.Of<V1NetworkPolicy>().ToList();
        var services = manifests.Workloads.Where(w => w.IsService).ToDictionary(w => w.Name);

        Assert.Contains(
            policies,
            policy =>
                policy.Spec.PodSelector.Means(new Dictionary<string, string>())
                && policy.Spec.PolicyTypes.Count == 2
                && policy.Spec is { Ingress: null or [], Egress: null or [] }
        );
        foreach (var caller in services.Values)
        {
            foreach (
                var callee in services.Values.Where(s => s.Name is not "gateway" && s != caller)
            )
            {
                var must = Calls.Contains((caller.Name, callee.Name));
                Assert.True(
                    must == policies.Any(p => p.LetsIn(callee.Labels, 8080, caller.Labels)),
                    $"{caller.Name} -> {callee.Name}: in"
                );
                Assert.True(
                    must == policies.Any(p => p.LetsOut(caller.Labels, 8080, callee.Labels)),
                    $"{caller.Name} -> {callee.Name}: out"
                );
                var addresses = manifests
                    .Of<V1ConfigMap>()
                    .Where(map =>
                        map.Metadata.Name.StartsWith(
                            $"{caller.Name}-settings",
                            StringComparison.Ordinal
                        )
                    )
                    .SelectMany(map => map.Data.Values);
                Assert.Equal(must, addresses.Contains($"http://{callee.Name}:8080"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Policies_NameEveryPort(string overlay)
    {
        var manifests = await Manifests.RenderAsync(overlay);
        var policies = manifests.Of<V1NetworkPolicy>().ToList();

        Assert.All(
            manifests.Workloads.SelectMany(w =>
                w.Pod.Containers.SelectMany(c => c.Ports).Select(p => (w, p))
            ),
            item =>
                Assert.Contains(
                    policies,
                    policy =>
                        policy.Spec.PodSelector.Means(item.w.Labels)
                        && (policy.Spec.Ingress ?? [])
                            .SelectMany(rule => rule.Ports ?? [])
                            .Any(port => port.Port?.Value == item.p.ContainerPort.ToString())
                )
        );
    }

    /// <summary>How a service ends, with what its pods set of it.</summary>
    private static DrainOptions DrainOf(Manifests manifests, V1Container container)
    {
        var maps = container.EnvFrom.Select(source => source.ConfigMapRef.Name).ToHashSet();
        var settings = manifests
            .Of<V1ConfigMap>()
            .Where(map => maps.Contains(map.Metadata.Name))
            .SelectMany(map => map.Data)
            .Concat((container.Env ?? []).Select(env => KeyValuePair.Create(env.Name, env.Value)));
        var drain = new DrainOptions();
        foreach (var setting in settings.Where(pair => pair.Key == "Shutdown__DrainTime"))
        {
            drain.DrainTime = TimeSpan.Parse(setting.Value, CultureInfo.InvariantCulture);
        }
        return drain;
    }

    [Fact]
    public void Read_FieldThatTheApiDoesNotHave_IsAnError() =>
        Assert.ThrowsAny<Exception>(() =>
            Manifests.Read(
                """
                apiVersion: v1
                kind: Service
                metadata: { name: a }
                spec: { clusterIp: None }
                """
            )
        );
}
