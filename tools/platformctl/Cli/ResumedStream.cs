using Grpc.Core;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Cli;

/// <summary>Prints a stream until Ctrl-C; when it breaks off, another goes on where it stood.</summary>
public static class ResumedStream
{
    // a gateway that restarts is back within some of these
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="context">Of the command.</param>
    /// <param name="cursor">Where to begin; empty for now.</param>
    /// <param name="open">Opens a stream at a cursor.</param>
    /// <param name="cursorOf">Where to go on after a message.</param>
    /// <param name="print">Prints a message, if it says anything.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> PrintAsync<T>(
        CommandContext context,
        string cursor,
        Func<string, AsyncServerStreamingCall<T>> open,
        Func<T, string> cursorOf,
        Action<T> print,
        CancellationToken cancellationToken
    )
    {
        try
        {
            while (true)
            {
                var begun = false;
                try
                {
                    using var call = open(cursor);
                    await foreach (var sent in call.ResponseStream.ReadAllAsync(cancellationToken))
                    {
                        (begun, cursor) = (true, cursorOf(sent));
                        print(sent);
                    }
                }
                catch (RpcException exception)
                    when (exception.StatusCode == StatusCode.Unavailable && begun)
                {
                    context.Console.WriteNote(
                        $"{GatewayFailure.From(exception).Reason}: going on from the last change"
                    );
                }
                await Task.Delay(Pause, context.Time, cancellationToken);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // how a watch ends, whatever the call made of it
            if (cursor.Length > 0)
            {
                context.Console.WriteNote($"go on with --cursor {cursor}");
            }
            return ExitCode.Interrupted;
        }
    }
}
