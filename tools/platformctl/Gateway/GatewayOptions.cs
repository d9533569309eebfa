using Platform.Ctl.Cli;

namespace Platform.Ctl.Gateway;

/// <summary>Where the gateway is and how to speak to it.</summary>
/// <param name="Grpc">The address for gRPC.</param>
/// <param name="Http">The address for HTTP.</param>
/// <param name="Token">A token given by the user, or null to ask the gateway for one.</param>
/// <param name="Timeout">The deadline of each call.</param>
public sealed record GatewayOptions(Uri Grpc, Uri Http, string? Token, TimeSpan Timeout)
{
    /// <exception cref="CliException">An address is not an absolute http or https URL.</exception>
    public static GatewayOptions Parse(string grpc, string http, string? token, TimeSpan timeout) =>
        new(Address(grpc, "--grpc"), Address(http, "--http"), token, timeout);

    private static Uri Address(string text, string option) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is ("http" or "https")
            ? address
            : throw CliException.BadInput(
                $"{option} takes an address such as http://127.0.0.1:8080, not '{text}'"
            );
}
