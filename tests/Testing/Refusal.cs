using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Testing;

/// <summary>What a refused call said: its status, reason and details.</summary>
public sealed record Refusal(StatusCode Code, ErrorReason Reason, Google.Rpc.Status Status)
{
    public ErrorInfo Info => Status.GetDetail<ErrorInfo>()!;

    public IReadOnlyList<string> Fields =>
        [
            .. Status.GetDetail<BadRequest>()?.FieldViolations.Select(violation => violation.Field)
                ?? [],
        ];

    /// <summary>Runs a call that must be refused.</summary>
    /// <exception cref="InvalidOperationException">The call succeeded, or its status lacks ErrorInfo.</exception>
    public static async Task<Refusal> OfAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RpcException exception)
        {
            return Of(exception);
        }
        throw new InvalidOperationException("The call was expected to be refused, and was not.");
    }

    /// <summary>What a call said that was refused.</summary>
    /// <exception cref="InvalidOperationException">The status lacks ErrorInfo.</exception>
    public static Refusal Of(RpcException exception)
    {
        var status = exception.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        return info is null
            ? throw new InvalidOperationException(
                $"The refusal carries no ErrorInfo: {exception.Status}",
                exception
            )
            : new Refusal(exception.StatusCode, ErrorCatalog.ReasonOf(info.Reason), status!);
    }

    /// <summary>Runs a unary call that must be refused.</summary>
    public static Task<Refusal> OfAsync<T>(AsyncUnaryCall<T> call) =>
        OfAsync(() => call.ResponseAsync);
}
