using System.Collections.Frozen;
using Platform.Gateway.Routing;

namespace Platform.Gateway.Forwarding;

/// <summary>A call of one message, read whole before it is sent on: <see cref="UnaryForwarder"/> sends it, as often as it must.</summary>
/// <param name="Body">The message with what gRPC puts before it.</param>
internal sealed record UnaryCall(ReadOnlyMemory<byte> Body)
{
    private static readonly FrozenSet<string> Paths = PublicMethods
        .All.Where(method => method is { IsClientStreaming: false, IsServerStreaming: false })
        .Select(PublicMethods.PathOf)
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether a gRPC call is of a public unary method, and its route sends it on as it is: transforms that an operator configured are the
    /// proxy's business.
    /// </summary>
    public static bool IsOne(HttpContext context) =>
        Paths.Contains(context.Request.Path.Value ?? "")
        && context.GetRouteModel().Config.Transforms is null or { Count: 0 };
}
