using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Platform.Feed.Timelines;

namespace Platform.Benchmarks.Harness;

/// <summary>
/// The least that a client of Redis can be: commands that were encoded before the clock runs go to a socket one after the other, answers
/// are counted, and nobody waits for an answer before he sends on, as long as not too many are outstanding. It pushes and trims as
/// the feed's timeline store does, and is the limit for it.
/// </summary>
public sealed class RawRedis : IDisposable
{
    // what one write carries, and how many of them may be unanswered
    private const int CommandsAtOnce = 500;
    private const int WritesInFlight = 16;

    private readonly TcpClient _client;
    private readonly int _capacity;
    private readonly SemaphoreSlim _free = new(WritesInFlight);
    private readonly ConcurrentQueue<Written> _written = new();
    private readonly ConcurrentQueue<byte[]> _trims = new();
    private readonly Task _reading;

    private RawRedis(TcpClient client, int capacity)
    {
        (_client, _capacity) = (client, capacity);
        _reading = ReadAsync(client);
    }

    /// <summary>Connects to the first server of a connection string.</summary>
    /// <param name="capacity">How many entries a list keeps; the feed's own lists grow a little beyond before they are cut.</param>
    public static async Task<RawRedis> ConnectAsync(string connectionString, int capacity)
    {
        var server = connectionString.Split(',')[0].Split(':');
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server[0], int.Parse(server[1], CultureInfo.InvariantCulture));
        return new RawRedis(client, capacity);
    }

    /// <summary>Encodes the pushes of values to the head of lists that exist, and the cuts of those that will have grown too long.</summary>
    public IReadOnlyList<Pushes> Encode(IReadOnlyList<string> keys, IReadOnlyList<long> values)
    {
        var trims = keys.Select(key =>
                Command("LTRIM", key, "0", (_capacity - 1).ToString(CultureInfo.InvariantCulture))
            )
            .ToArray();
        return
        [
            .. values.SelectMany(value =>
                keys.Select(key =>
                        Command("LPUSHX", key, value.ToString(CultureInfo.InvariantCulture))
                    )
                    .Zip(trims)
                    .Chunk(CommandsAtOnce)
                    .Select(some => new Pushes(
                        [.. some.SelectMany(pair => pair.First)],
                        [.. some.Select(pair => pair.Second)]
                    ))
            ),
        ];
    }

    /// <summary>Sends what was encoded, and what it makes to be cut; returns when all is answered.</summary>
    public async Task RunAsync(IReadOnlyList<Pushes> all)
    {
        foreach (var pushes in all)
        {
            await TrimAsync();
            await WriteAsync(pushes.Commands, pushes.Trims);
        }
        await DrainAsync();
        // the answers to the last pushes may have asked for more
        await TrimAsync();
        await DrainAsync();
    }

    public void Dispose()
    {
        _client.Dispose();
        _free.Dispose();
    }

    private async Task TrimAsync()
    {
        var commands = new List<byte[]>();
        while (_trims.TryDequeue(out var trim))
        {
            commands.Add(trim);
            if (commands.Count == CommandsAtOnce)
            {
                await WriteTrimsAsync(commands);
                commands = [];
            }
        }
        if (commands.Count > 0)
        {
            await WriteTrimsAsync(commands);
        }
    }

    private Task WriteTrimsAsync(List<byte[]> commands) =>
        WriteAsync([.. commands.SelectMany(command => command)], new byte[]?[commands.Count]);

    /// <param name="trims">For each command: what cuts its list; null if it is none that makes a list longer.</param>
    private async Task WriteAsync(byte[] commands, byte[]?[] trims)
    {
        await _free.WaitAsync();
        if (_reading.IsFaulted)
        {
            await _reading;
        }
        _written.Enqueue(new Written(trims));
        await _client.GetStream().WriteAsync(commands);
    }

    private async Task DrainAsync()
    {
        for (var taken = 0; taken < WritesInFlight; taken++)
        {
            await _free.WaitAsync();
        }
        _free.Release(WritesInFlight);
        if (_reading.IsFaulted)
        {
            await _reading;
        }
    }

    private async Task ReadAsync(TcpClient client)
    {
        try
        {
            await CountAnswersAsync(client.GetStream());
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // disposed of: nobody waits for an answer any more
        }
        catch
        {
            // whoever waits looks why
            _free.Release(WritesInFlight);
            throw;
        }
    }

    private async Task CountAnswersAsync(NetworkStream stream)
    {
        var answers = new byte[64 * 1024];
        var (answered, number) = (0, 0);
        while (await stream.ReadAsync(answers) is > 0 and var read)
        {
            for (var index = 0; index < read; index++)
            {
                switch (answers[index])
                {
                    case (byte)'-':
                        throw new InvalidOperationException(
                            $"Redis refused: {Encoding.ASCII.GetString(answers, index, read - index)}"
                        );
                    case (byte)'\n':
                        answered = Take(answered, number);
                        number = 0;
                        break;
                    case >= (byte)'0' and <= (byte)'9':
                        number = (number * 10) + answers[index] - '0';
                        break;
                }
            }
        }
    }

    /// <returns>How many answers of the oldest unfinished write are there now.</returns>
    private int Take(int answered, int length)
    {
        _written.TryPeek(out var oldest);
        if (length >= _capacity + TimelineKeys.TrimEvery && oldest!.Trims[answered] is { } trim)
        {
            _trims.Enqueue(trim);
        }
        if (answered + 1 < oldest!.Trims.Length)
        {
            return answered + 1;
        }
        _written.TryDequeue(out _);
        _free.Release();
        return 0;
    }

    private static byte[] Command(params string[] words) =>
        Encoding.ASCII.GetBytes(
            $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))}"
        );

    /// <summary>Pushes as they go to the socket, and for each of them what cuts its list.</summary>
    public sealed record Pushes(byte[] Commands, byte[][] Trims);

    private sealed record Written(byte[]?[] Trims);
}
