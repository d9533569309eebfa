using System.Net.Sockets;
using System.Text;

namespace Platform.Testing.Containers;

/// <summary>Asks a Redis one thing over a connection of its own, as long as it takes until the answer is the right one.</summary>
public static class RedisProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Returns when the answer to a command holds a text.</summary>
    /// <exception cref="TimeoutException">It did not within a minute.</exception>
    public static async Task WaitAsync(
        int port,
        string command,
        string expected,
        CancellationToken cancellationToken
    ) =>
        await Eventually.HoldsAsync(
            $"Redis on port {port} answers {command} with {expected}",
            async () =>
                (await AskAsync(port, command, cancellationToken)).Contains(
                    expected,
                    StringComparison.Ordinal
                ),
            Limit
        );

    /// <summary>Whether it serves now: while it loads its file it answers, but not this.</summary>
    public static async Task<bool> IsServingAsync(int port) =>
        (await AskAsync(port, "PING", CancellationToken.None)).Contains(
            "+PONG",
            StringComparison.Ordinal
        );

    private static async Task<string> AskAsync(
        int port,
        string command,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, limit.Token);
            var stream = client.GetStream();
            // QUIT closes the connection: the answer is all there is to read
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\nQUIT\r\n"), limit.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            return await reader.ReadToEndAsync(limit.Token);
        }
        catch (Exception exception)
            when (exception is SocketException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return "";
        }
    }
}
