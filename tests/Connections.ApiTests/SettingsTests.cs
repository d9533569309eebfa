using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

public class SettingsTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _mia = ConnectionsFixture.NewMember("mia");

    private ConnectionSettingsService.ConnectionSettingsServiceClient Client =>
        new(fixture.Service.As(_mia));

    [Fact]
    public async Task GetConnectionSettings_NothingSet_AreTheDefaults() =>
        Assert.Equal(
            new ConnectionSettings
            {
                ListVisibility = ListVisibility.Everyone,
                InvitationAudience = InvitationAudience.Everyone,
            },
            await GetAsync()
        );

    [Fact]
    public async Task UpdateConnectionSettings_WithoutMask_ChangesWhatIsSet()
    {
        var first = await UpdateAsync(
            new ConnectionSettings { ListVisibility = ListVisibility.OnlyMe }
        );
        var second = await UpdateAsync(
            new ConnectionSettings { InvitationAudience = InvitationAudience.Nobody }
        );

        Assert.Equal(InvitationAudience.Everyone, first.Settings.InvitationAudience);
        Assert.Equal(
            new ConnectionSettings
            {
                ListVisibility = ListVisibility.OnlyMe,
                InvitationAudience = InvitationAudience.Nobody,
            },
            second.Settings
        );
        Assert.Equal(second.Settings, await GetAsync());
        // a revision that reads can ask for
        await fixture
            .Connections(_mia)
            .CountConnectionsAsync(
                new CountConnectionsRequest
                {
                    Consistency = new Consistency { AtLeastRevision = second.Revision },
                }
            );
    }

    [Fact]
    public async Task UpdateConnectionSettings_WithMask_ChangesWhatItNamesAlsoToTheDefault()
    {
        await UpdateAsync(
            new ConnectionSettings
            {
                ListVisibility = ListVisibility.OnlyMe,
                InvitationAudience = InvitationAudience.Nobody,
            }
        );

        var answer = await UpdateAsync(
            new ConnectionSettings { InvitationAudience = InvitationAudience.SecondDegree },
            "list_visibility"
        );

        Assert.Equal(
            new ConnectionSettings
            {
                ListVisibility = ListVisibility.Everyone,
                InvitationAudience = InvitationAudience.Nobody,
            },
            answer.Settings
        );
    }

    [Fact]
    public async Task UpdateConnectionSettings_SameRequestId_AnswersAsTheFirstTime()
    {
        var request = new UpdateConnectionSettingsRequest
        {
            RequestId = "settings-1",
            Settings = new ConnectionSettings { ListVisibility = ListVisibility.OnlyMe },
        };
        var first = await Client.UpdateConnectionSettingsAsync(request);
        await UpdateAsync(new ConnectionSettings { ListVisibility = ListVisibility.Connections });

        Assert.Equal(first, await Client.UpdateConnectionSettingsAsync(request));
        Assert.Equal(ListVisibility.Connections, (await GetAsync()).ListVisibility);
        request.Settings.ListVisibility = ListVisibility.Everyone;
        Assert.Equal(
            ErrorReason.RequestIdReused,
            (await Refusal.OfAsync(Client.UpdateConnectionSettingsAsync(request))).Reason
        );
    }

    [Fact]
    public async Task UpdateConnectionSettings_ManyAtOnce_NoneIsLost()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(async caller =>
                    await UpdateAsync(
                        caller % 2 == 0
                            ? new ConnectionSettings { ListVisibility = ListVisibility.OnlyMe }
                            : new ConnectionSettings
                            {
                                InvitationAudience = InvitationAudience.Nobody,
                            }
                    )
                )
        );

        Assert.Equal(12, answers.Length);
        Assert.Equal(
            new ConnectionSettings
            {
                ListVisibility = ListVisibility.OnlyMe,
                InvitationAudience = InvitationAudience.Nobody,
            },
            await GetAsync()
        );
    }

    [Fact]
    public async Task UpdateConnectionSettings_BadInput_NamesTheFields()
    {
        Assert.Equal(
            ["settings"],
            (await Refusal.OfAsync(Client.UpdateConnectionSettingsAsync(new()))).Fields
        );
        Assert.Equal(
            ["settings.list_visibility", "settings.invitation_audience", "update_mask"],
            (
                await Refusal.OfAsync(
                    Client.UpdateConnectionSettingsAsync(
                        new UpdateConnectionSettingsRequest
                        {
                            Settings = new ConnectionSettings
                            {
                                ListVisibility = (ListVisibility)9,
                                InvitationAudience = (InvitationAudience)(-1),
                            },
                            UpdateMask = new FieldMask { Paths = { "password" } },
                        }
                    )
                )
            ).Fields
        );
        Assert.Equal(
            ErrorReason.ActingForAnother,
            (
                await Refusal.OfAsync(
                    Client.GetConnectionSettingsAsync(
                        new GetConnectionSettingsRequest { MemberId = "somebody-else" }
                    )
                )
            ).Reason
        );
    }

    private async Task<ConnectionSettings> GetAsync() =>
        (await Client.GetConnectionSettingsAsync(new())).Settings;

    private async Task<UpdateConnectionSettingsResponse> UpdateAsync(
        ConnectionSettings settings,
        params string[] mask
    ) =>
        await Client.UpdateConnectionSettingsAsync(
            new UpdateConnectionSettingsRequest
            {
                Settings = settings,
                UpdateMask = mask.Length == 0 ? null : new FieldMask { Paths = { mask } },
            }
        );
}
