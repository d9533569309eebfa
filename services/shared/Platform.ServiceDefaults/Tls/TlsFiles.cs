using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Tls;

/// <summary>What this process shows to and asks of the other side of its connections, out of the files of <see cref="TlsOptions"/>.</summary>
public sealed class TlsFiles
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    private static readonly Oid ServerUsage = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUsage = new("1.3.6.1.5.5.7.3.2");

    private readonly WatchedFiles<CertificatePair>? _served;
    private readonly WatchedFiles<Authorities>? _clients;
    private readonly WatchedFiles<Authorities>? _services;
    private readonly WatchedFiles<CertificatePair>? _shown;

    /// <exception cref="OptionsValidationException">A file cannot be read.</exception>
    public TlsFiles(IOptions<TlsOptions> options, TimeProvider time, ILogger<TlsFiles> logger)
    {
        var tls = options.Value;
        _served = Pair("Tls:CertificateFile with Tls:KeyFile", tls.CertificateFile, tls.KeyFile);
        _clients = Roots("Tls:ClientCaFile", tls.ClientCaFile);
        _services = Roots("Tls:Services:CaFile", tls.Services.CaFile);
        _shown = Pair(
            "Tls:Services:CertificateFile with Tls:Services:KeyFile",
            tls.Services.CertificateFile,
            tls.Services.KeyFile
        );
        // a wrong file is told at the start, and not by the first call
        _ = (_served?.Value, _clients?.Value, _services?.Value, _shown?.Value);

        WatchedFiles<CertificatePair>? Pair(string setting, string? certificate, string? key) =>
            string.IsNullOrEmpty(certificate) || string.IsNullOrEmpty(key)
                ? null
                : new(
                    setting,
                    [certificate, key],
                    () => CertificatePair.Read(certificate, key),
                    tls.ReloadInterval,
                    time,
                    logger
                );

        WatchedFiles<Authorities>? Roots(string setting, string? file) =>
            string.IsNullOrEmpty(file)
                ? null
                : new(
                    setting,
                    [file],
                    () => Authorities.Read(file),
                    tls.ReloadInterval,
                    time,
                    logger
                );
    }

    /// <summary>Whether this server speaks TLS.</summary>
    public bool IsServed => _served is not null;

    /// <summary>The TLS of an endpoint of this server; with each handshake the files as they are then.</summary>
    public TlsHandshakeCallbackOptions Serve() =>
        new()
        {
            OnConnection = _ =>
                ValueTask.FromResult(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = _served!.Value.Context,
                        EnabledSslProtocols = Versions,
                        ClientCertificateRequired = _clients is not null,
                        RemoteCertificateValidationCallback = _clients is null
                            ? null
                            : (_, shown, chain, errors) =>
                                _clients.Value.Accept(shown, chain, errors, ClientUsage),
                    }
                ),
        };

    /// <summary>Has a client of other services hold them to their authority and show this process's certificate.</summary>
    public void Use(SslClientAuthenticationOptions client)
    {
        ArgumentNullException.ThrowIfNull(client);
        client.EnabledSslProtocols = Versions;
        if (_services is not null)
        {
            client.RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
                _services.Value.Accept(shown, chain, errors, ServerUsage);
        }
        if (_shown is not null)
        {
            client.LocalCertificateSelectionCallback = (_, _, _, _, _) => _shown.Value.Certificate;
        }
    }
}
