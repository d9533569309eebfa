using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.Relationships;

namespace Platform.Connections.Network;

/// <summary>Questions to the network, read from calls.</summary>
internal static class NetworkQueries
{
    /// <summary>Who asks, how fresh the answer has to be, and how long the caller waits.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">See <see cref="ActingMember.Of"/>; INVALID_REVISION.</exception>
    public static NetworkQuery Read(
        ServerCallContext context,
        string memberId,
        Consistency? consistency
    ) =>
        new(
            ActingMember.Of(context, memberId),
            consistency is null || consistency.AtLeastRevision.Length == 0
                ? 0
                : RevisionToken.Read(consistency.AtLeastRevision),
            new DateTimeOffset(context.Deadline, TimeSpan.Zero)
        );
}
