using System.Net;
using System.Net.Sockets;

namespace Platform.Testing;

/// <summary>
/// A TCP port before one or several others, as a cluster's service address is: each connection goes to the next of them that
/// accepts it. It can be cut, so that nothing comes through.
/// </summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly IReadOnlyList<int> _targets;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private readonly Task _accepting;
    private bool _isCut;
    private int _next;

    /// <summary>Listens, from now on.</summary>
    /// <param name="targets">The ports behind it, on loopback.</param>
    public Relay(IReadOnlyList<int> targets)
    {
        _targets = targets;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port that it listens on, on loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Resets every connection, and from now on those that are opened.</summary>
    public void Cut()
    {
        Socket[] open;
        lock (_lock)
        {
            _isCut = true;
            open = [.. _open];
        }
        foreach (var socket in open)
        {
            Reset(socket);
        }
    }

    /// <summary>Lets connections through again.</summary>
    public void Mend()
    {
        lock (_lock)
        {
            _isCut = false;
        }
    }

    /// <summary>Resets what is open, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _listener.Dispose();
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var caller = await _listener.AcceptSocketAsync(_ending.Token);
                _ = PassAsync(caller);
            }
            catch (Exception exception)
                when (exception is OperationCanceledException or SocketException)
            {
                // the end, or a caller that was gone before it was accepted
            }
        }
    }

    private async Task PassAsync(Socket caller)
    {
        var target = await ConnectAsync();
        if (target is null || !Add(caller, target))
        {
            Reset(caller);
            if (target is not null)
            {
                Reset(target);
            }
            return;
        }
        caller.NoDelay = target.NoDelay = true;
        await Task.WhenAny(CopyAsync(caller, target), CopyAsync(target, caller));
        lock (_lock)
        {
            _open.Remove(caller);
            _open.Remove(target);
        }
        // both ends at once: nobody here half-closes a connection
        Reset(caller);
        Reset(target);
    }

    private bool Add(Socket caller, Socket target)
    {
        lock (_lock)
        {
            if (!_isCut)
            {
                _open.Add(caller);
                _open.Add(target);
            }
            return !_isCut;
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        for (var attempt = 0; attempt < _targets.Count; attempt++)
        {
            var port = _targets[
                (int)((uint)Interlocked.Increment(ref _next) % (uint)_targets.Count)
            ];
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, _ending.Token);
                return socket;
            }
            catch (Exception exception)
                when (exception is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }
        return null;
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                for (var sent = 0; sent < read; )
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // the other side sees the end of it
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // it is gone already
        }
        socket.Dispose();
    }
}
