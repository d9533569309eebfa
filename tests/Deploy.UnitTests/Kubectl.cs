namespace Platform.Tests.Deploy;

/// <summary>Renders the overlays of deploy/kubernetes as <c>kubectl apply --kustomize</c> would.</summary>
internal static class Kubectl
{
    /// <summary>The folder deploy/kubernetes.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy", "kubernetes");

    /// <summary>
    /// The documents of an overlay, as YAML. Skips the test where there is no kubectl, or one whose kustomize has no components (before
    /// 1.21).
    /// </summary>
    public static async Task<string> RenderAsync(string overlay)
    {
        var (code, output, error) = await Tool.RunAsync(
            "kubectl",
            "kustomize",
            Path.Combine(Folder, "overlays", overlay)
        );
        Assert.SkipWhen(
            error.Contains("unknown field \"components\"", StringComparison.Ordinal)
                || error.Contains("unknown command", StringComparison.Ordinal),
            "this kubectl has a kustomize without components; 1.21 or later is needed"
        );
        Assert.True(code == 0, $"kubectl kustomize ended with {code}: {error}");
        return output;
    }
}
