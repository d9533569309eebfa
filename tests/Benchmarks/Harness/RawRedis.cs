using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Platform.Benchmarks.Harness;

/// <summary>
/// The least that a client of Redis can be: commands written one after the other to a socket, answers counted. It pushes and trims as the
/// feed's timeline store does, and is the limit for it.
/// </summary>
public sealed class RawRedis : IDisposable
{
    private const int CommandsAtOnce = 500;

    // as deep as the feed's own lists grow before they are cut
    private const int Capacity = 800;
    private const int TrimEvery = 16;

    private readonly TcpClient _client;
    private readonly byte[] _answers = new byte[64 * 1024];

    private RawRedis(TcpClient client) => _client = client;

    /// <summary>Connects to the first server of a connection string.</summary>
    public static async Task<RawRedis> ConnectAsync(string connectionString)
    {
        var server = connectionString.Split(',')[0].Split(':');
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server[0], int.Parse(server[1], CultureInfo.InvariantCulture));
        return new RawRedis(client);
    }

    /// <summary>Pushes a value to the head of lists that exist, and cuts those that have grown too long.</summary>
    public async Task PushAsync(IReadOnlyList<string> keys, long value)
    {
        foreach (var some in keys.Chunk(CommandsAtOnce))
        {
            var lengths = await RunAsync(
                some,
                key => Command("LPUSHX", key, value.ToString(CultureInfo.InvariantCulture))
            );
            var full = some.Where((_, index) => lengths[index] >= Capacity + TrimEvery).ToArray();
            if (full.Length > 0)
            {
                await RunAsync(
                    full,
                    key =>
                        Command(
                            "LTRIM",
                            key,
                            "0",
                            (Capacity - 1).ToString(CultureInfo.InvariantCulture)
                        )
                );
            }
        }
    }

    public void Dispose() => _client.Dispose();

    /// <returns>The numbers that were answered; 0 for <c>OK</c>.</returns>
    private async Task<long[]> RunAsync(string[] keys, Func<string, string> command)
    {
        var stream = _client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(keys.Select(command))));
        var numbers = new long[keys.Length];
        var (answered, number) = (0, 0L);
        while (answered < keys.Length)
        {
            var read = await stream.ReadAsync(_answers);
            if (read == 0)
            {
                throw new InvalidOperationException("Redis closed the connection.");
            }
            foreach (var one in _answers.AsSpan(0, read))
            {
                switch (one)
                {
                    case (byte)'-':
                        throw new InvalidOperationException(
                            $"Redis refused: {Encoding.ASCII.GetString(_answers, 0, read)}"
                        );
                    case (byte)'\n':
                        numbers[answered++] = number;
                        number = 0;
                        break;
                    case >= (byte)'0' and <= (byte)'9':
                        number = (number * 10) + one - '0';
                        break;
                }
            }
        }
        return numbers;
    }

    private static string Command(params string[] words) =>
        $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))}";
}
