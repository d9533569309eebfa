using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Reads the caller of a call.</summary>
public static class CallerExtensions
{
    /// <summary>The verified caller.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.CredentialsMissing"/> on a method open to anonymous callers.</exception>
    public static Caller GetCaller(this ServerCallContext context) =>
        context.GetHttpContext().GetCaller();

    /// <inheritdoc cref="GetCaller(ServerCallContext)"/>
    public static Caller GetCaller(this HttpContext context) =>
        context.User is CallerPrincipal principal
            ? principal.Caller
            : throw new DomainException(
                ErrorReason.CredentialsMissing,
                "The call carries no bearer token."
            );
}
