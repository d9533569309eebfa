using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Errors;

/// <summary>Answers what no route matches: NOT_FOUND over HTTP, UNIMPLEMENTED over gRPC, as its specification asks.</summary>
internal static class UnknownRoute
{
    public static Task AnswerAsync(HttpContext context)
    {
        var status = new DomainException(
            ErrorReason.RouteUnknown,
            "No service behind the gateway serves this path."
        ).ToStatus(GatewayApp.ErrorDomain);
        if (ErrorResponse.IsGrpc(context.Request))
        {
            status.Code = (int)StatusCode.Unimplemented;
        }
        return ErrorResponse.WriteAsync(context, status);
    }
}
