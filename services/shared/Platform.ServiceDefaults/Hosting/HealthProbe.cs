using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Platform.ServiceDefaults.Tls;

namespace Platform.ServiceDefaults.Hosting;

/// <summary>
/// <c>App.dll --health [ADDRESS]</c>: asks a running service how it is (grpc.health.v1) and ends with 0 when it serves, else
/// with 1. It is the health check of the images, which hold no other program. It runs every few seconds beside the
/// service, so it takes neither a host nor a gRPC client, both of which cost more than the question.
/// </summary>
public static class HealthProbe
{
    /// <summary>The argument that asks for the probe instead of the service.</summary>
    public const string Argument = "--health";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    // HealthCheckRequest of the whole server: an empty message, after the five bytes before each gRPC message
    private static readonly byte[] Question = [0, 0, 0, 0, 0];

    // HealthCheckResponse { status = SERVING }
    private static readonly byte[] Serving = [0, 0, 0, 0, 2, 8, 1];

    /// <summary>Where a service with this configuration answers; what it listens on, seen from its own host.</summary>
    public static string AddressOf(IConfiguration configuration)
    {
        // with a certificate every endpoint speaks TLS, whatever its address says
        var isTls = !string.IsNullOrEmpty(configuration["Tls:CertificateFile"]);
        var urls = configuration["ASPNETCORE_URLS"] ?? configuration["URLS"];
        var first = urls?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (first is not null)
        {
            // as Kestrel reads it: a host of + or * is every address
            var address = Microsoft.AspNetCore.Http.BindingAddress.Parse(first);
            var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]"
                ? "127.0.0.1"
                : address.Host;
            return $"{(isTls ? "https" : address.Scheme)}://{host}:{address.Port}";
        }
        var ports = configuration["ASPNETCORE_HTTP_PORTS"] ?? configuration["HTTP_PORTS"];
        var port = ports?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return $"{(isTls ? "https" : "http")}://127.0.0.1:{port ?? "5000"}";
    }

    /// <summary>Asks, and writes one word or one line for whoever reads the log of the checks.</summary>
    /// <param name="address">Where it answers.</param>
    /// <param name="tls">Its own settings: where it lets in only clients with a certificate, the probe shows that of calls to other
    /// services, or else the service's own.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string address, TlsOptions tls, TextWriter output)
    {
        var answer = await AskAsync(address, tls);
        await output.WriteLineAsync(answer);
        return answer == "SERVING" ? 0 : 1;
    }

    private static async Task<string> AskAsync(string address, TlsOptions tls)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        // it asks the process beside it, by an address that no certificate names, and tells it nothing
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is not null;
        using var http = new HttpClient(handler) { Timeout = Timeout };
        using var content = new ByteArrayContent(Question);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        try
        {
            if (!string.IsNullOrEmpty(tls.ClientCaFile))
            {
                // a client's, where there is one: that of a server may be for nothing else
                var (certificate, key) = string.IsNullOrEmpty(tls.Services.CertificateFile)
                    ? (tls.CertificateFile!, tls.KeyFile!)
                    : (tls.Services.CertificateFile, tls.Services.KeyFile!);
                handler.SslOptions.ClientCertificateContext = CertificatePair
                    .Read(certificate, key)
                    .Context;
            }
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                new Uri(new Uri(address), "/grpc.health.v1.Health/Check")
            )
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = content,
                Headers = { { "te", "trailers" } },
            };
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsByteArrayAsync();
            return body.AsSpan().SequenceEqual(Serving) ? "SERVING" : "NOT_SERVING";
        }
        catch (Exception exception)
            when (exception
                    is HttpRequestException
                        or TaskCanceledException
                        or UriFormatException
                        or IOException
                        or UnauthorizedAccessException
                        or CryptographicException
            )
        {
            return $"UNREACHABLE at {address}: {exception.Message}";
        }
    }
}
