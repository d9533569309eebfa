using Google.Rpc;
using Grpc.Core;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Gateway;

/// <summary>Why a call failed, taken from google.rpc.Status.</summary>
/// <param name="Code">The gRPC status.</param>
/// <param name="Reason">A reason of platform.common.v1.ErrorReason, or the name of the status when there is none.</param>
/// <param name="Message">Text for people.</param>
/// <param name="Field">The fields that are wrong, when some are.</param>
/// <param name="RetryAfter">When the service asks to wait before another try.</param>
/// <param name="Metadata">What the reason carries, such as `until` or `dependency`.</param>
public sealed record GatewayFailure(
    StatusCode Code,
    string Reason,
    string Message,
    string? Field,
    TimeSpan? RetryAfter,
    IReadOnlyDictionary<string, string> Metadata
)
{
    private static readonly IReadOnlyDictionary<string, string> NoMetadata =
        new Dictionary<string, string>();

    public int ExitCode =>
        Code == StatusCode.Unavailable ? Cli.ExitCode.Unreachable : Cli.ExitCode.Refused;

    public static GatewayFailure From(RpcException exception)
    {
        if (exception.GetRpcStatus() is { } status)
        {
            return From(status);
        }

        // A token could not be renewed in the middle of a command.
        if (exception.Status.DebugException is CliException inner)
        {
            return new GatewayFailure(
                exception.StatusCode,
                inner.Reason,
                inner.Message,
                inner.Field,
                null,
                NoMetadata
            );
        }

        // No service wrote this one: the client did, or a proxy.
        return exception.StatusCode switch
        {
            StatusCode.Unavailable => new GatewayFailure(
                StatusCode.Unavailable,
                LocalReason.GatewayUnreachable,
                $"the gateway does not answer ({exception.Status.Detail})",
                null,
                null,
                NoMetadata
            ),
            var code => new GatewayFailure(
                code,
                ScreamingSnake(code.ToString()),
                exception.Status.Detail,
                null,
                null,
                NoMetadata
            ),
        };
    }

    public static GatewayFailure From(Google.Rpc.Status status)
    {
        var code = (StatusCode)status.Code;
        var info = status.GetDetail<ErrorInfo>();
        var violations = status.GetDetail<BadRequest>()?.FieldViolations;
        var message = status.Message;
        if (violations is { Count: > 0 })
        {
            var described = string.Join(
                "; ",
                violations.Select(v => v.Description).Where(d => d.Length > 0)
            );
            message =
                described.Length == 0 || message.Contains(described, StringComparison.Ordinal)
                    ? message
                    : described;
        }

        return new GatewayFailure(
            code,
            string.IsNullOrEmpty(info?.Reason) ? ScreamingSnake(code.ToString()) : info.Reason,
            message,
            violations is { Count: > 0 }
                ? string.Join(", ", violations.Select(v => v.Field).Distinct())
                : null,
            status.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan(),
            info is null ? NoMetadata : new Dictionary<string, string>(info.Metadata)
        );
    }

    private static string ScreamingSnake(string name) =>
        string.Concat(
            name.Select(
                (c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()
            )
        );
}
