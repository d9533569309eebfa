using System.Text.RegularExpressions;

namespace Platform.Tests.EndToEnd;

/// <summary>
/// The comments of the contract by full name. They do not travel in the compiled contract, so they are read from the sources, whose
/// shape buf keeps: one declaration a line, its comment above it.
/// </summary>
internal static partial class ProtoComments
{
    private static readonly Dictionary<string, string> All = ReadAll();

    /// <summary>The comment of a service, method, message, field, enum or value; empty where there is none.</summary>
    public static string Of(string fullName) => All.GetValueOrDefault(fullName, "");

    private static Dictionary<string, string> ReadAll()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "protos");
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var file in Directory.EnumerateFiles(folder, "*.proto", SearchOption.AllDirectories)
        )
        {
            Read(File.ReadLines(file), all);
        }
        return all;
    }

    private static void Read(IEnumerable<string> lines, Dictionary<string, string> all)
    {
        var scopes = new Stack<string>();
        var comment = new List<string>();
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith("//", StringComparison.Ordinal))
            {
                comment.Add(line[2..].Trim());
                continue;
            }
            if (line.StartsWith("package ", StringComparison.Ordinal))
            {
                scopes.Push(line["package ".Length..].TrimEnd(';'));
            }
            else if (Declaration().Match(line) is { Success: true } match)
            {
                var scope = string.Join('.', scopes.Reverse().Where(name => name.Length > 0));
                all[$"{scope}.{match.Groups["name"].Value}"] = string.Join(' ', comment).Trim();
                // the fields of a oneof are its message's, and what stands in a method is nobody's
                if (line.EndsWith('{'))
                {
                    scopes.Push(
                        line.StartsWith("oneof ", StringComparison.Ordinal)
                        || line.StartsWith("rpc ", StringComparison.Ordinal)
                            ? ""
                            : match.Groups["name"].Value
                    );
                }
            }
            else if (line.EndsWith('{'))
            {
                scopes.Push("");
            }
            else if (line is "}" or "};")
            {
                scopes.Pop();
            }
            comment.Clear();
        }
    }

    [GeneratedRegex(
        @"^(?:(?:message|enum|service|oneof|rpc)\s+(?<name>\w+)|(?:(?:repeated|optional)\s+)?(?:map<[^>]+>|[\w.]+)\s+(?<name>\w+)\s*=\s*\d+|(?<name>[A-Z][A-Z0-9_]*)\s*=\s*\d+)"
    )]
    private static partial Regex Declaration();
}
