using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

public sealed class FakeSettingsService(FakeState state)
    : ConnectionSettingsService.ConnectionSettingsServiceBase
{
    public override async Task<GetConnectionSettingsResponse> GetConnectionSettings(
        GetConnectionSettingsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new GetConnectionSettingsResponse { Settings = state.Settings };
    }

    public override async Task<UpdateConnectionSettingsResponse> UpdateConnectionSettings(
        UpdateConnectionSettingsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        request.UpdateMask.Merge(request.Settings, state.Settings);
        return new UpdateConnectionSettingsResponse { Settings = state.Settings, Revision = "r1" };
    }
}
