using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

/// <summary>Serves degrees only when told to.</summary>
public sealed class FakeNetworkService(FakeState state) : NetworkService.NetworkServiceBase
{
    public override async Task<GetDegreeResponse> GetDegree(
        GetDegreeRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return state.Degree is { } degree
            ? new GetDegreeResponse { Degree = degree }
            : throw Refusals.Of(ErrorReason.NotImplemented);
    }
}
