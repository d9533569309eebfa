namespace Platform.Tests.EndToEnd;

/// <summary>What the build made beside this program's output folder: artifacts/bin/(project)/(configuration).</summary>
internal static class BuiltPrograms
{
    /// <summary>The assembly of a project's program.</summary>
    public static string Of(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"{project}.dll");
    }
}
