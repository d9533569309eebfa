using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace Platform.Ctl.Transfer;

/// <summary>Writes a graph file. Without <see cref="CompleteAsync"/> it stays one that was cut off.</summary>
public sealed class GraphWriter : IDisposable
{
    private readonly TextWriter _output;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private GraphWriter(TextWriter output) => _output = output;

    /// <summary>What was written so far.</summary>
    public GraphCounts Counts { get; private set; }

    /// <summary>Begins a file with its header.</summary>
    public static async Task<GraphWriter> BeginAsync(TextWriter output)
    {
        var writer = new GraphWriter(output);
        await writer.WriteLineAsync(GraphFormat.Header());
        return writer;
    }

    public async Task WriteAsync(IMessage message)
    {
        await WriteLineAsync(GraphFormat.Line(message));
        Counts = Counts.With(message);
    }

    /// <summary>Ends the file with its trailer.</summary>
    public async Task CompleteAsync()
    {
        var sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        await WriteLineAsync(GraphFormat.Trailer(Counts, sha256));
        await _output.FlushAsync();
    }

    public void Dispose() => _hash.Dispose();

    private async Task WriteLineAsync(string line)
    {
        var text = line + '\n';
        _hash.AppendData(Encoding.UTF8.GetBytes(text));
        await _output.WriteAsync(text);
    }
}
