using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;
using Platform.Ctl.Import;
using Platform.Follows.V1;

namespace Platform.Ctl.Transfer;

/// <summary>Puts the lines of a graph file into the platform. Running it again does only what is missing.</summary>
public sealed class GraphImport
{
    private const int MaxBatch = 500;

    // half of what services take in one request
    private const int MaxBatchBytes = 512 * 1024;

    // batches are large calls; more at once only make each slower
    private const int MaxBatchesAtOnce = 4;

    private readonly ConnectionsOperationsService.ConnectionsOperationsServiceClient _connections;
    private readonly FollowsOperationsService.FollowsOperationsServiceClient _follows;
    private readonly GatewaySession _session;
    private readonly Retry _retry;
    private readonly ErrorCounts _errors = new();
    private long _stored;
    private long _unchanged;
    private long _failed;

    private GraphImport(GatewaySession session, TimeProvider time)
    {
        _session = session;
        _retry = new Retry(time);
        _connections = new(session.Invoker);
        _follows = new(session.Invoker);
    }

    /// <summary>Checks the file, then imports it, and says what became of it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        CommandContext context,
        string path,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var file = await GraphFile.CheckAsync(path, cancellationToken);
        Report(context.Console, file);
        using var session = await context.OperateAsync(cancellationToken);
        var import = new GraphImport(session, context.Time);
        var started = context.Time.GetTimestamp();
        await ProgressView
            .For(context.Console, context.Time)
            .TrackAsync(
                "importing",
                (int)Math.Min(file.Counts.Lines, int.MaxValue),
                done =>
                    Parallel.ForEachAsync(
                        BatchesAsync(file.ReadAsync(cancellationToken), cancellationToken),
                        new ParallelOptions
                        {
                            MaxDegreeOfParallelism = Math.Min(concurrency, MaxBatchesAtOnce),
                            CancellationToken = cancellationToken,
                        },
                        async (batch, stop) =>
                        {
                            await import.ImportAsync(batch, stop);
                            done(batch.Count);
                        }
                    )
            );
        var summary = new GraphImportSummary(
            file.Counts.Relationships,
            file.Counts.Recommendations,
            file.Counts.Settings,
            file.Counts.Follows,
            import._stored,
            import._unchanged,
            import._failed,
            import._errors.ToList(),
            file.JunkCount,
            file.UnknownTypes,
            import._retry.Retries,
            Math.Round(context.Time.GetElapsedTime(started).TotalSeconds, 3)
        );
        context.Write(summary, Text(summary));
        return summary.Failed > 0 || summary.JunkLines > 0 || summary.UnknownTypes.Count > 0
            ? ExitCode.Partial
            : ExitCode.Ok;
    }

    /// <summary>Lines of one type, as many as one call takes.</summary>
    private static async IAsyncEnumerable<List<GraphLine>> BatchesAsync(
        IAsyncEnumerable<GraphLine> lines,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var batch = new List<GraphLine>();
        var bytes = 0;
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            var size = line.Message!.CalculateSize();
            if (
                batch.Count > 0
                && (
                    batch.Count == MaxBatch
                    || bytes + size > MaxBatchBytes
                    || batch[0].Type != line.Type
                )
            )
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }
            batch.Add(line);
            bytes += size;
        }
        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task ImportAsync(List<GraphLine> batch, CancellationToken stop)
    {
        // Importing is safe to repeat: what an unanswered call stored is UNCHANGED the next time.
        var results = batch[0].Type switch
        {
            GraphFormat.RelationshipType => await ImportRelationshipsAsync(batch, stop),
            GraphFormat.RecommendationType => await ImportRecommendationsAsync(batch, stop),
            GraphFormat.SettingsType => await ImportSettingsAsync(batch, stop),
            _ => await ImportFollowsAsync(batch, stop),
        };
        foreach (var (line, (stored, error)) in batch.Zip(results))
        {
            if (error is not null)
            {
                var failure = GatewayFailure.From(error);
                Interlocked.Increment(ref _failed);
                _errors.Add(
                    failure.Reason,
                    $"line {line.Number.ToString(CultureInfo.InvariantCulture)}: {failure.Message}"
                );
            }
            else
            {
                Interlocked.Increment(ref stored ? ref _stored : ref _unchanged);
            }
        }
    }

    private async Task<
        IEnumerable<(bool Stored, Google.Rpc.Status? Error)>
    > ImportRelationshipsAsync(List<GraphLine> batch, CancellationToken stop)
    {
        var request = new ImportRelationshipsRequest
        {
            Relationships = { batch.Select(line => (RelationshipRecord)line.Message!) },
        };
        var answer = await _retry.RunAsync(
            async () => await _connections.ImportRelationshipsAsync(request, _session.Call(stop)),
            stop
        );
        return answer.Results.Select(result =>
            (result.Outcome == RelationshipImportOutcome.Stored, (Google.Rpc.Status?)result.Error)
        );
    }

    private async Task<
        IEnumerable<(bool Stored, Google.Rpc.Status? Error)>
    > ImportRecommendationsAsync(List<GraphLine> batch, CancellationToken stop)
    {
        var request = new ImportRecommendationsRequest
        {
            Recommendations = { batch.Select(line => (RecommendationRecord)line.Message!) },
        };
        var answer = await _retry.RunAsync(
            async () => await _connections.ImportRecommendationsAsync(request, _session.Call(stop)),
            stop
        );
        return answer.Results.Select(result =>
            (result.Outcome == RecommendationImportOutcome.Stored, (Google.Rpc.Status?)result.Error)
        );
    }

    private async Task<IEnumerable<(bool Stored, Google.Rpc.Status? Error)>> ImportSettingsAsync(
        List<GraphLine> batch,
        CancellationToken stop
    )
    {
        var request = new ImportSettingsRequest
        {
            Settings = { batch.Select(line => (MemberSettingsRecord)line.Message!) },
        };
        var answer = await _retry.RunAsync(
            async () => await _connections.ImportSettingsAsync(request, _session.Call(stop)),
            stop
        );
        return answer.Results.Select(result =>
            (result.Outcome == SettingsImportOutcome.Stored, (Google.Rpc.Status?)result.Error)
        );
    }

    private async Task<IEnumerable<(bool Stored, Google.Rpc.Status? Error)>> ImportFollowsAsync(
        List<GraphLine> batch,
        CancellationToken stop
    )
    {
        var request = new ImportFollowsRequest
        {
            Follows = { batch.Select(line => (FollowRecord)line.Message!) },
        };
        var answer = await _retry.RunAsync(
            async () => await _follows.ImportFollowsAsync(request, _session.Call(stop)),
            stop
        );
        return answer.Results.Select(result =>
            (result.Outcome == FollowImportOutcome.Stored, (Google.Rpc.Status?)result.Error)
        );
    }

    private static void Report(CliConsole console, GraphFile file)
    {
        foreach (var junk in file.Junk)
        {
            console.WriteNote($"{file.Path} line {junk.Line}: {junk.Problem}");
        }
        if (file.JunkCount > file.Junk.Count)
        {
            console.WriteNote(
                $"... and {file.JunkCount - file.Junk.Count} more lines that cannot be read"
            );
        }
        foreach (var (type, count) in file.UnknownTypes)
        {
            console.WriteNote(
                $"{count} lines of type {type} are not imported: this program does not know it"
            );
        }
    }

    private static string Text(GraphImportSummary summary)
    {
        var text = new StringBuilder();
        Line("relationships", summary.Relationships);
        Line("recommendations", summary.Recommendations);
        Line("settings", summary.Settings);
        Line("follows", summary.Follows);
        Line("stored now", summary.Stored);
        Line("there already", summary.Unchanged);
        Line("errors", summary.Failed);
        foreach (var error in summary.Errors)
        {
            Line($"  {error.Reason}", error.Count, $"  {error.Example}");
        }
        if (summary.JunkLines > 0)
        {
            Line("lines that cannot be read", summary.JunkLines);
        }
        foreach (var (type, count) in summary.UnknownTypes)
        {
            Line($"unknown type {type}", count);
        }
        if (summary.Retries > 0)
        {
            Line("calls repeated", summary.Retries);
        }
        text.Append(CultureInfo.InvariantCulture, $"{"time", -26}{summary.Seconds, 10:F1} s");
        return text.ToString();

        void Line(string name, long count, string remark = "") =>
            text.AppendLine(CultureInfo.InvariantCulture, $"{name, -26}{count, 10}{remark}");
    }
}
