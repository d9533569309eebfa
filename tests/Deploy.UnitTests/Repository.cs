using System.Runtime.CompilerServices;

namespace Platform.Tests.Deploy;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    /// <summary>What whoever kills a program must give it beyond the time that it takes for its own end.</summary>
    public static TimeSpan ToSpare { get; } = TimeSpan.FromSeconds(5);

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    /// <summary>The text of a file, by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Files of a folder and those within it, as paths from the root, without what builds leave.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory
            .EnumerateFiles(
                Path.Combine(Root, folder),
                pattern,
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    MatchType = MatchType.Simple,
                    AttributesToSkip = FileAttributes.ReparsePoint,
                }
            )
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !IsBuilt(path))
            .Order(StringComparer.Ordinal);

    private static bool IsBuilt(string path) =>
        path.Split('/').Any(part => part is "artifacts" or "bin" or "obj" or "node_modules");

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
