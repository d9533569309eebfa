using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>Erases for operators, in three looks.</summary>
public sealed class FakeMembersService(FakeState state) : MembersService.MembersServiceBase
{
    public override async Task<DeleteMemberResponse> DeleteMember(
        DeleteMemberRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, "platformctl");
        state.Erased.Enqueue(request.ErasedId);
        return new DeleteMemberResponse();
    }

    public override async Task<GetMemberDeletionResponse> GetMemberDeletion(
        GetMemberDeletionRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, "platformctl");
        if (!state.Erased.Contains(request.ErasedId))
        {
            return new GetMemberDeletionResponse
            {
                Deletion = new MemberDeletion
                {
                    ErasedId = request.ErasedId,
                    State = MemberDeletionState.None,
                },
            };
        }
        state.DeletionLooks++;
        return new GetMemberDeletionResponse
        {
            Deletion = new MemberDeletion
            {
                ErasedId = request.ErasedId,
                State =
                    state.DeletionLooks < 3
                        ? MemberDeletionState.Running
                        : MemberDeletionState.Done,
                StartTime = new Timestamp { Seconds = 1 },
                RemovedCount = state.DeletionLooks,
                RemainingCount = 3 - state.DeletionLooks,
            },
        };
    }
}
