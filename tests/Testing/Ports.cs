using System.Net;
using System.Net.Sockets;

namespace Platform.Testing;

/// <summary>Ports of this machine.</summary>
public static class Ports
{
    /// <summary>One that is free now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
