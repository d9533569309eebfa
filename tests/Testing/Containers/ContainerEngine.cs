using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Platform.Testing.Containers;

/// <summary>
/// Whether containers can be had here. Tests that need them are skipped, with a plain reason, where no engine answers or an
/// image can neither be found nor pulled. Asks the engine's own interface, so that the answer is there at once.
/// </summary>
public static class ContainerEngine
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RegistryTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PullTimeout = TimeSpan.FromMinutes(5);
    private static readonly HttpClient Http = CreateClient();

    /// <summary>The name of an image: from an environment variable, or else the public one.</summary>
    public static string Image(string variable, string publicName) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } name ? name : publicName;

    /// <summary>A TCP port that is free now: a container that is stopped and started keeps a port that was chosen for it.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Why containers of an image cannot be started here, to be shown as the reason of a skipped test; null if they can.</summary>
    public static async Task<string?> FindProblemAsync(
        string image,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var answer = await GetAsync("_ping", cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return $"The container engine answered {(int)answer.StatusCode}.";
            }
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return $"No container engine answers at {Endpoint}.";
        }
        using var found = await GetAsync($"images/{image}/json", cancellationToken);
        return found.IsSuccessStatusCode ? null : await PullAsync(image, cancellationToken);
    }

    private static string Endpoint =>
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host
        : OperatingSystem.IsWindows() ? "npipe://./pipe/docker_engine"
        : "unix:///var/run/docker.sock";

    private static async Task<HttpResponseMessage> GetAsync(
        string path,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        return await Http.GetAsync(path, limit.Token);
    }

    private static async Task<string?> PullAsync(string image, CancellationToken cancellationToken)
    {
        var problem = $"The image {image} is not here and cannot be pulled";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RegistryTimeout);
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                $"images/create?fromImage={Uri.EscapeDataString(image)}"
            );
            using var answer = await Http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                limit.Token
            );
            if (!answer.IsSuccessStatusCode)
            {
                return $"{problem}: the engine answered {(int)answer.StatusCode}.";
            }
            // the registry answers: from here on it may take its time
            using var reader = new StreamReader(
                await answer.Content.ReadAsStreamAsync(limit.Token)
            );
            while (await reader.ReadLineAsync(limit.Token) is { } line)
            {
                limit.CancelAfter(PullTimeout);
                using var progress = JsonDocument.Parse(line);
                if (progress.RootElement.TryGetProperty("error", out var error))
                {
                    return $"{problem}: {error.GetString()}";
                }
            }
            return null;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return $"{problem}: its registry does not answer.";
        }
    }

    private static HttpClient CreateClient() =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = async (_, cancellationToken) =>
                    await ConnectAsync(new Uri(Endpoint), cancellationToken),
            }
        )
        {
            BaseAddress = new Uri("http://engine/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };

    private static async Task<Stream> ConnectAsync(
        Uri endpoint,
        CancellationToken cancellationToken
    )
    {
        if (string.Equals(endpoint.Scheme, "npipe", StringComparison.Ordinal))
        {
            var pipe = new NamedPipeClientStream(
                ".",
                Path.GetFileName(endpoint.AbsolutePath),
                PipeDirection.InOut,
                PipeOptions.Asynchronous
            );
            await pipe.ConnectAsync(cancellationToken);
            return pipe;
        }
        var isUnix = string.Equals(endpoint.Scheme, "unix", StringComparison.Ordinal);
        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            EndPoint address = isUnix
                ? new UnixDomainSocketEndPoint(endpoint.AbsolutePath)
                : new DnsEndPoint(endpoint.Host, endpoint.Port);
            await socket.ConnectAsync(address, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
