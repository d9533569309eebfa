namespace Platform.Benchmarks.Harness;

/// <summary>Programs that are installed on this machine.</summary>
public static class InstalledProgram
{
    // where Debian puts servers; not in the path of every user
    private const string ServerFolder = "/usr/sbin";

    /// <summary>The file of a program; null when it is not installed.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(ServerFolder)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
