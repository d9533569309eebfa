using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>
/// Lets no stream end before what was last written to it. A handler gives up a reader that takes nothing, and its write is still
/// waiting then. Kestrel uses what it kept of an ended stream for the next call of the connection, and that write, when it ends at last,
/// would cancel that call: its caller would wait for an answer that never comes.
/// </summary>
public sealed class StreamEndings(
    IOptions<StreamEndingOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    // REFUSED_STREAM: callers see UNAVAILABLE, as with the status that they did not take
    private const int Refused = 7;

    // of what a process has for its end (ShutdownTimeout)
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(1);

    /// <summary>Runs a handler, and ends once its last write has.</summary>
    public async Task RunAsync<T>(
        IServerStreamWriter<T> stream,
        ServerCallContext context,
        Func<IServerStreamWriter<T>, Task> handler
    )
    {
        ArgumentNullException.ThrowIfNull(handler);
        var writer = new Writer<T>(stream);
        try
        {
            await handler(writer);
        }
        finally
        {
            if (!writer.Last.IsCompleted)
            {
                await FinishAsync(writer.Last, context);
            }
        }
    }

    private async Task FinishAsync(Task write, ServerCallContext context)
    {
        using var enough = new CancellationTokenSource(options.Value.Patience, time);
        using var ending = lifetime.ApplicationStopping.Register(() =>
            enough.CancelAfter(PatienceAtTheEnd)
        );
        await write
            .WaitAsync(enough.Token)
            .ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing
                    | ConfigureAwaitOptions.ContinueOnCapturedContext
            );
        if (write.IsCompleted)
        {
            return;
        }
        // it takes nothing at all: it gets no status either
        var http = context.GetHttpContext();
        if (http.Features.Get<IHttpResetFeature>() is { } resets)
        {
            resets.Reset(Refused);
        }
        else
        {
            http.Abort();
        }
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class Writer<T>(IServerStreamWriter<T> stream) : IServerStreamWriter<T>
    {
        public Task Last { get; private set; } = Task.CompletedTask;

        public WriteOptions? WriteOptions
        {
            get => stream.WriteOptions;
            set => stream.WriteOptions = value;
        }

        public Task WriteAsync(T message) => Last = stream.WriteAsync(message);

        public Task WriteAsync(T message, CancellationToken cancellationToken) =>
            Last = stream.WriteAsync(message, cancellationToken);
    }
}
