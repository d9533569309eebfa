using Grpc.Core;

namespace Platform.Load;

/// <summary>One kind of call.</summary>
/// <param name="Name">The method.</param>
/// <param name="Weight">How often it is called, beside the others.</param>
/// <param name="IsWrite">Whether it changes anything.</param>
/// <param name="CallAsync">
/// Calls it once with arguments of its own; the number is that of the call, another one each.
/// </param>
public sealed record Operation(
    string Name,
    double Weight,
    bool IsWrite,
    Func<Random, long, CallOptions, Task> CallAsync
);
