using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Platform.Tests.Gateway.ApiTests.Attack;

/// <summary>HTTP/2 by hand: frames of any kind and length, in any order (RFC 9113).</summary>
internal sealed class RawHttp2 : IAsyncDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;

    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    public const int RefusedStream = 7;
    public const int Cancel = 8;

    private const int HeaderLength = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new();
    private readonly CancellationTokenSource _patience = new(Patience);

    // kept: a client that was reset gives none
    private NetworkStream _stream = null!;

    private RawHttp2() { }

    /// <summary>Connects, and sends the preface and empty settings.</summary>
    public static async Task<RawHttp2> ConnectAsync(Uri address)
    {
        var connection = new RawHttp2();
        await connection._client.ConnectAsync(address.Host, address.Port);
        connection._stream = connection._client.GetStream();
        await connection._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection.SendAsync(Settings, 0, 0, []);
        return connection;
    }

    /// <summary>Sends a frame.</summary>
    public async Task SendAsync(byte type, byte flags, int stream, byte[] payload) =>
        await _stream.WriteAsync(Frame(type, flags, stream, payload));

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes);

    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderLength);
        return frame;
    }

    /// <summary>The headers of a gRPC call.</summary>
    public static byte[] Call(string path, string token, params (string, string)[] more) =>
        Fields([
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path),
            (":authority", "gateway"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
            ("authorization", $"Bearer {token}"),
            .. more,
        ]);

    /// <summary>Header fields in HPACK: each a literal with its name, without index or Huffman code (RFC 7541, 6.2.2).</summary>
    public static byte[] Fields(IEnumerable<(string Name, string Value)> fields)
    {
        var block = new List<byte>();
        foreach (var (name, value) in fields)
        {
            block.Add(0);
            AddText(block, name);
            AddText(block, value);
        }
        return [.. block];
    }

    /// <summary>The first frame from the gateway that is looked for; null if it closed the connection before.</summary>
    /// <exception cref="OperationCanceledException">Neither came.</exception>
    public async Task<(byte Type, int Stream, byte[] Payload)?> FindAsync(
        Func<byte, int, bool> isLookedFor
    )
    {
        var header = new byte[HeaderLength];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(header, _patience.Token);
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
                await _stream.ReadExactlyAsync(payload, _patience.Token);
                var stream = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5));
                if (isLookedFor(header[3], stream))
                {
                    return (header[3], stream, payload);
                }
            }
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether the gateway ends the connection, with or without saying so.</summary>
    public async Task<bool> IsEndedAsync() =>
        await FindAsync(static (type, _) => type == GoAway) is null or { Type: GoAway };

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _patience.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void AddText(List<byte> block, string text)
    {
        // an integer with a prefix of seven bits (RFC 7541, 5.1)
        const int prefix = 127;
        if (text.Length < prefix)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            block.Add(prefix);
            var rest = text.Length - prefix;
            for (; rest >= 128; rest /= 128)
            {
                block.Add((byte)(rest % 128 + 128));
            }
            block.Add((byte)rest);
        }
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
