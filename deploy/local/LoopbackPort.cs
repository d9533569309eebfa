using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Platform.Local;

/// <summary>
/// A port on loopback that is ours from the start: the socket listens before its server exists and is handed over to it. So a
/// taken port is known before anything starts, nobody can take one in between, and all services can start at once and still know
/// each other's addresses.
/// </summary>
internal sealed class LoopbackPort : IDisposable
{
    private readonly Socket _socket;

    private LoopbackPort(Socket socket) => _socket = socket;

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public string Address =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    /// <exception cref="LocalStartException">Another program listens there, or the port may not be used.</exception>
    public static LoopbackPort Take(int port, string? option = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(512);
            return new LoopbackPort(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            var why = exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "is taken: another program listens there",
                SocketError.AccessDenied => "may not be used by this user",
                _ => $"cannot be used ({exception.SocketErrorCode})",
            };
            throw new LocalStartException(
                string.Create(CultureInfo.InvariantCulture, $"port {port} on 127.0.0.1 {why}.")
                    + (option is null ? "" : $" Choose another with {option}."),
                exception
            );
        }
    }

    /// <summary>Makes a server listen on these ports instead of opening its own.</summary>
    public static void HandOver(SocketTransportOptions transport, IEnumerable<LoopbackPort> ports)
    {
        var sockets = ports.ToDictionary(port => port.Port, port => port._socket);
        transport.CreateBoundListenSocket = endpoint =>
            endpoint is IPEndPoint ip && sockets.TryGetValue(ip.Port, out var socket)
                ? socket
                : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
    }

    public void Dispose() => _socket.Dispose();
}
