using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Platform.Common.V1;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;
using Status = Google.Rpc.Status;

namespace Platform.ServiceDefaults.Errors;

/// <summary>
/// Writes a refusal outside of gRPC's own pipeline (authentication, the gateway): as a trailers-only gRPC answer to a
/// gRPC call, as the JSON of google.rpc.Status with the matching HTTP status to anything else.
/// </summary>
public static class ErrorResponse
{
    /// <summary>The types that may stand in the details of a status, for JSON.</summary>
    public static TypeRegistry DetailTypes { get; } =
        TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    private static readonly JsonFormatter Json = new(
        JsonFormatter.Settings.Default.WithTypeRegistry(DetailTypes)
    );

    /// <summary>Whether the request is a gRPC call, by its content type.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        == true;

    /// <summary>A status as callers over REST read it.</summary>
    public static string ToJson(Status status) => Json.Format(status);

    /// <summary>Writes <paramref name="error"/> as the answer. Nothing may have been written before.</summary>
    public static Task WriteAsync(HttpContext context, DomainException error, string domain)
    {
        RefusalMetrics.Count(error.Reason);
        return WriteAsync(
            context,
            error.ToStatus(domain),
            // HTTP has a status of its own for this one, and clients and proxies know it
            error.Reason == ErrorReason.PayloadTooLarge
                ? StatusCodes.Status413PayloadTooLarge
                : null
        );
    }

    /// <summary>Writes <paramref name="status"/> as the answer. Nothing may have been written before.</summary>
    /// <param name="context">The call.</param>
    /// <param name="status">What is wrong.</param>
    /// <param name="httpStatus">The HTTP status, where it is not the one that belongs to the code of the status.</param>
    public static async Task WriteAsync(HttpContext context, Status status, int? httpStatus = null)
    {
        var response = context.Response;
        if (IsGrpc(context.Request))
        {
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = "application/grpc";
            // trailers-only: with no body, the trailers are the headers
            response.Headers["grpc-status"] = status.Code.ToString(CultureInfo.InvariantCulture);
            response.Headers["grpc-message"] = PercentEncode(status.Message);
            response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(
                status.ToByteArray()
            );
            return;
        }
        response.StatusCode = httpStatus ?? ToHttpStatus((StatusCode)status.Code);
        response.ContentType = "application/json";
        await response.WriteAsync(ToJson(status), context.RequestAborted);
    }

    /// <summary>The HTTP status of a gRPC status, as google.rpc.Code documents it.</summary>
    public static int ToHttpStatus(StatusCode code) =>
        code switch
        {
            StatusCode.OK => StatusCodes.Status200OK,
            StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
            StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange =>
                StatusCodes.Status400BadRequest,
            StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
            StatusCode.NotFound => StatusCodes.Status404NotFound,
            StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
            StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
            StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
            StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
            StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };

    // grpc-message is percent-encoded UTF-8 (gRPC over HTTP/2, "Status-Message")
    private static string PercentEncode(string message)
    {
        var builder = new StringBuilder(message.Length);
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                builder.Append((char)value);
            }
            else
            {
                builder.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
        return builder.ToString();
    }
}
