using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Gateway;

/// <summary>Turns what went wrong over HTTP into an error of this program.</summary>
public static class HttpFailure
{
    // What google.rpc.Status carries in its `Any` details.
    private static readonly JsonParser Parser = new(
        JsonParser
            .Settings.Default.WithIgnoreUnknownFields(true)
            .WithTypeRegistry(TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor))
    );

    public static CliException Unreachable(Uri address, Exception inner) =>
        new(
            Cli.ExitCode.Unreachable,
            LocalReason.GatewayUnreachable,
            $"no gateway answers at {address}; is it running? (dotnet run --project deploy/local)",
            inner: inner
        );

    /// <summary>From an answer that is not a success; its body is a google.rpc.Status in JSON where the gateway made it.</summary>
    public static CliException From(Uri address, HttpStatusCode code, string body)
    {
        var exitCode = (int)code is 502 or 503 or 504
            ? Cli.ExitCode.Unreachable
            : Cli.ExitCode.Refused;
        try
        {
            var failure = GatewayFailure.From(Parser.Parse<Google.Rpc.Status>(body));
            return new CliException(exitCode, failure.Reason, failure.Message, failure.Field);
        }
        catch (Exception exception)
            when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            return new CliException(
                exitCode,
                LocalReason.UnexpectedAnswer,
                $"{address} answered {(int)code} {code}",
                inner: exception
            );
        }
    }
}
