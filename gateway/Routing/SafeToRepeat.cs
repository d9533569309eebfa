using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Routing;

/// <summary>The calls that change nothing: unary methods of which the contract says so (<c>idempotency_level</c>), and GET.</summary>
internal static class SafeToRepeat
{
    private static readonly FrozenSet<string> Paths = PublicMethods
        .All.Where(method =>
            method is { IsClientStreaming: false, IsServerStreaming: false }
            && method.GetOptions()?.IdempotencyLevel
                == MethodOptions.Types.IdempotencyLevel.NoSideEffects
        )
        .Select(PublicMethods.PathOf)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether it makes no difference that a call is made twice.</summary>
    public static bool Is(HttpRequest request) =>
        ErrorResponse.IsGrpc(request)
            ? Paths.Contains(request.Path.Value ?? "")
            : HttpMethods.IsGet(request.Method);
}
