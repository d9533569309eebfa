using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Connections.Relationships;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Members;

/// <summary>Translates the contract of members' life cycle.</summary>
public sealed class MembersGrpcService(MembersHandler handler) : MembersService.MembersServiceBase
{
    /// <inheritdoc />
    public override async Task<DeleteMemberResponse> DeleteMember(
        DeleteMemberRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator, CallerRole.Service);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("erased_id", request.ErasedId)
            .ThrowIfInvalid();
        var view = await handler.DeleteAsync(
            request.ErasedId,
            request.RequestId,
            context.CancellationToken
        );
        return new DeleteMemberResponse
        {
            Deletion = ToProto(view),
            Revision = RevisionToken.Write(view.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<GetMemberDeletionResponse> GetMemberDeletion(
        GetMemberDeletionRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator, CallerRole.Service);
        new RequestValidator().MemberId("erased_id", request.ErasedId).ThrowIfInvalid();
        return new GetMemberDeletionResponse
        {
            Deletion = ToProto(await handler.GetAsync(request.ErasedId, context.CancellationToken)),
        };
    }

    private static Proto.MemberDeletion ToProto(DeletionView view) =>
        new()
        {
            ErasedId = view.MemberId,
            State = view.State is { } state
                ? (Proto.MemberDeletionState)state
                : Proto.MemberDeletionState.None,
            StartTime = view.StartTime?.ToTimestamp(),
            EndTime = view.EndTime?.ToTimestamp(),
            RemovedCount = view.RemovedCount,
            RemainingCount = view.RemainingCount,
        };
}
