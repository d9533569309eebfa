namespace Platform.Testing;

/// <summary>Programs of this repository that tests start as processes of their own, from their build output.</summary>
public static class BuiltProgram
{
    /// <summary>The program of a project, built in the same configuration as this one: artifacts/bin/(project)/(configuration).</summary>
    public static string PathOf(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"{project}.dll");
    }
}
