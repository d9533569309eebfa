using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tsavorite.core;

namespace Platform.Storage.Garnet;

/// <summary>
/// A Redis-compatible server inside this process, on loopback: the engine of <c>deploy/local</c> and of fast tests. With a
/// data folder an acknowledged write survives <c>kill -9</c> of the process; not a power cut, the log goes to the page cache.
/// </summary>
/// <remarks>
/// <para>
/// Durability, measured on two cores with 64 concurrent writers on one multiplexer, killed with SIGKILL after 3 s,
/// writes acknowledged and then missing after the restart:
/// </para>
/// <code>
/// commit frequency   wait for commit   SET/s    missing   MULTI of 3/s   missing   script of 3 writes/s   missing
/// 10 ms              no                55,600   239       14,900         104       22,300                 0 (luck)
/// 0 (at once)        no                41,300   43        10,000         0         13,100                 29
/// 0 (at once)        yes               24,600   0         6,900          0         1,000-2,200            0
/// 1 ms               yes                7,500   0         5,000          0         64                     0
/// </code>
/// <para>
/// So: commit at once and wait for it. A commit takes about 0.15 ms and a pipelined batch waits once, but a script waits
/// at every one of its writes.
/// </para>
/// <para>
/// Hazard: unlike Redis, a script is not one step in the log. In three of five runs a kill left the first writes of a script
/// without the last (MULTI/EXEC: none of five). A script must therefore order its writes so that any prefix of them is a state
/// that can be mended - the journal entry first - or be a MULTI.
/// </para>
/// </remarks>
public sealed class EmbeddedGarnet : IDisposable, IAsyncDisposable
{
    private const int AttemptsForAFreePort = 5;

    private readonly GarnetServer _server;
    private bool _disposed;

    private EmbeddedGarnet(GarnetServer server, int port)
    {
        _server = server;
        Port = port;
    }

    /// <summary>The port it listens on, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>For StackExchange.Redis.</summary>
    public string ConnectionString =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a server; it answers when this returns, with what its data folder held.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static EmbeddedGarnet Start(
        EmbeddedGarnetOptions options,
        ILoggerFactory? loggerFactory = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        // Without a logger factory a failed save is silent.
        loggerFactory ??= NullLoggerFactory.Instance;
        for (var attempt = 1; ; attempt++)
        {
            var port = options.Port == 0 ? FreePort() : options.Port;
            if (options.Port != 0)
            {
                RequireFree(port);
            }

            GarnetServer? server = null;
            try
            {
                server = new GarnetServer(ServerOptions(options.DataFolder, port), loggerFactory);
                server.Start();
                return new EmbeddedGarnet(server, port);
            }
            catch (SocketException) when (options.Port == 0 && attempt < AttemptsForAFreePort)
            {
                // Somebody took the port between the look and the bind.
                server?.Dispose();
            }
            catch (SocketException exception)
            {
                server?.Dispose();
                throw PortTaken(port, exception);
            }
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            // Its Dispose does not flush the log; every acknowledged write is in it already (WaitForCommit).
            _server.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Blocks until its threads have ended: not on the caller's thread.
        await Task.Run(Dispose).ConfigureAwait(false);
    }

    private static GarnetServerOptions ServerOptions(string? dataFolder, int port)
    {
        var options = new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            QuietMode = true,
            // The default needs libaio, and the log fails at start without it.
            DeviceType = DeviceType.RandomAccess,
            // A cap, not a reservation (the default is 16 GB). What does not fit is evicted and lost: the storage tier, which
            // would spill it to disk, ended the process when a set changed while it was written (Garnet 2.2.8).
            LogMemorySize = "1g",
            PageSize = "4m",
            IndexMemorySize = "16m",
            EnableLua = true,
            LuaOptions = new LuaOptions(),
            // A script locks its KEYS from start to end; by default other sessions see and write between its commands.
            LuaTransactionMode = true,
        };
        if (dataFolder is not null)
        {
            Directory.CreateDirectory(dataFolder);
            options.CheckpointDir = dataFolder;
            options.Recover = true;
            options.EnableAOF = true;
            options.CommitFrequencyMs = 0;
            options.WaitForCommit = true;
            // At least twice PageSize.
            options.AofPageSize = "8m";
            options.AofMemorySize = "64m";
            // A longer log is folded into a checkpoint, so that a start replays little (about 1 s for 32 MB).
            options.AofSizeLimit = "32m";
        }

        return options;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void RequireFree(int port)
    {
        // Asked before the start: Garnet opens its log before its socket, and two servers must not share a log.
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw PortTaken(port, exception);
        }
    }

    private static IOException PortTaken(int port, SocketException exception) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"Port {port} on 127.0.0.1 is taken."),
            exception
        );
}
