using Grpc.Core;
using Platform.Common.V1;

namespace Platform.Tests.Faults.Load;

/// <summary>Something that a member changes, and what must come of it.</summary>
/// <param name="Kind">What it is called in the summary.</param>
/// <param name="Subject">What it touches, of which nothing else is done until it is answered.</param>
/// <param name="Members">Whom it concerns.</param>
/// <param name="Call">Sends it; with the same <c>request_id</c> each time.</param>
/// <param name="Acknowledged">Brings the model up to date.</param>
internal sealed record Write<T>(
    string Kind,
    object Subject,
    IReadOnlyCollection<string> Members,
    Func<CallOptions, AsyncUnaryCall<T>> Call,
    Action<T> Acknowledged
)
{
    /// <summary>The reasons for which it may be, or must be, refused.</summary>
    public IReadOnlyCollection<ErrorReason> Refusals { get; init; } = [];

    /// <summary>Set where it must be refused: the promise that is broken when it is not.</summary>
    public string? Forbidden { get; init; }
}
