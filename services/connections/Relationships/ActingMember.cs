using Grpc.Core;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Relationships;

/// <summary>The member that a call acts as.</summary>
internal static class ActingMember
{
    /// <summary>The acting member, a valid id in any case.</summary>
    /// <exception cref="ServiceDefaults.Errors.DomainException">See <see cref="Caller.ActAs"/>; INVALID_REQUEST.</exception>
    public static string Of(ServerCallContext context, string memberId)
    {
        var actor = context.GetCaller().ActAs(memberId);
        if (!MemberId.IsValid(actor))
        {
            new RequestValidator().MemberId("member_id", actor).ThrowIfInvalid();
        }
        return actor;
    }
}
