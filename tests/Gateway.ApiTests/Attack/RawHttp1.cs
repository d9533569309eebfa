using System.Net.Sockets;
using System.Text;

namespace Platform.Tests.Gateway.ApiTests.Attack;

/// <summary>A connection on which any bytes are sent: no client library would send what attackers do.</summary>
internal sealed class RawHttp1 : IAsyncDisposable
{
    // longer than any limit of time that the gateway has in these tests
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new();

    private RawHttp1() { }

    public static async Task<RawHttp1> ConnectAsync(Uri address)
    {
        var connection = new RawHttp1();
        await connection._client.ConnectAsync(address.Host, address.Port);
        return connection;
    }

    /// <summary>Sends a text, its lines ended as they stand in it.</summary>
    public async Task SendAsync(string text) =>
        await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Everything that is answered until the gateway closes the connection.</summary>
    /// <exception cref="OperationCanceledException">It did not close the connection.</exception>
    public async Task<string> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var answer = new MemoryStream();
        try
        {
            await _client.GetStream().CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // reset with bytes of ours unread: closed as well
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
