using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Ctl.Cli;
using Platform.Ctl.Import;

namespace Platform.Ctl.Transfer;

/// <summary>A graph file that was read once from end to end and found whole, so that nothing of a damaged one is imported.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Counts">What it holds.</param>
/// <param name="JunkCount">Lines that hold nothing that can be read.</param>
/// <param name="Junk">The first of them.</param>
/// <param name="UnknownTypes">How many lines of each type that this program does not know.</param>
public sealed record GraphFile(
    string Path,
    GraphCounts Counts,
    long JunkCount,
    IReadOnlyList<JunkLine> Junk,
    IReadOnlyDictionary<string, long> UnknownTypes
)
{
    private const int JunkKept = 20;

    /// <summary>Reads a file from end to end and checks that it is whole.</summary>
    /// <exception cref="CliException">It is missing, no export, of another version, cut off, or not as it was written.</exception>
    public static async Task<GraphFile> CheckAsync(string path, CancellationToken cancellationToken)
    {
        var counts = default(GraphCounts);
        var junk = new List<JunkLine>();
        long junkCount = 0;
        var unknown = new SortedDictionary<string, long>(StringComparer.Ordinal);
        JsonObject? trailer = null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var (line, text) in ReadLinesAsync(path, cancellationToken))
        {
            if (line.Number == 1)
            {
                CheckHeader(path, line);
            }
            else if (trailer is not null)
            {
                throw Damaged(path, $"line {line.Number} comes after the trailer");
            }
            else if (line.Type == GraphFormat.TrailerType)
            {
                trailer = line.Frame;
                continue;
            }
            else
            {
                counts = counts.With(line.Message);
                if (line.Problem is { } problem)
                {
                    junkCount++;
                    if (junk.Count < JunkKept)
                    {
                        junk.Add(new JunkLine(line.Number, problem));
                    }
                }
                else if (line.Message is null)
                {
                    unknown[line.Type] = unknown.GetValueOrDefault(line.Type) + 1;
                }
            }
            hash.AppendData(Encoding.UTF8.GetBytes(text + '\n'));
        }
        if (trailer is null)
        {
            var first = junk.Count > 0 ? $"; line {junk[0].Line}: {junk[0].Problem}" : "";
            throw new CliException(
                ExitCode.BadInput,
                LocalReason.FileTruncated,
                $"{path} has no trailer: it was cut off{first}; nothing was imported",
                "--graph"
            );
        }
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (!JsonNode.DeepEquals(trailer, JsonNode.Parse(GraphFormat.Trailer(counts, sha256))))
        {
            var first = junk.Count > 0 ? $" (line {junk[0].Line}: {junk[0].Problem})" : "";
            throw Damaged(path, $"its lines are not those that its trailer tells of{first}");
        }
        return new GraphFile(path, counts, junkCount, junk, unknown);
    }

    /// <summary>The lines that hold something this program knows, in their order.</summary>
    public async IAsyncEnumerable<GraphLine> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var (line, _) in ReadLinesAsync(Path, cancellationToken))
        {
            if (line.Message is not null)
            {
                yield return line;
            }
        }
    }

    private static async IAsyncEnumerable<(GraphLine Line, string Text)> ReadLinesAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var reader = InputFile.Open(path, "--graph");
        long number = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } text)
        {
            number++;
            yield return (GraphFormat.Read(number, text), text);
        }
    }

    private static void CheckHeader(string path, GraphLine line)
    {
        if (
            line.Type != GraphFormat.HeaderType
            || line.Frame?["format"]?.ToString() != GraphFormat.Name
        )
        {
            throw new CliException(
                ExitCode.BadInput,
                LocalReason.NotAnExport,
                $"{path} does not begin with the header of an export",
                "--graph"
            );
        }
        var version = line.Frame["version"]?.ToString() ?? "none";
        if (
            version
            != GraphFormat.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)
        )
        {
            throw new CliException(
                ExitCode.BadInput,
                LocalReason.UnsupportedVersion,
                $"{path} is of version {version}; this program reads version {GraphFormat.Version}",
                "--graph"
            );
        }
    }

    private static CliException Damaged(string path, string what) =>
        new(
            ExitCode.BadInput,
            LocalReason.FileDamaged,
            $"{path} is not as it was exported: {what}; nothing was imported",
            "--graph"
        );
}
