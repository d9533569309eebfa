using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>What a member decides about invitations and the list of connections.</summary>
public static class SettingsCommand
{
    private static readonly Dictionary<string, ListVisibility> Visibilities = new(
        StringComparer.Ordinal
    )
    {
        ["everyone"] = ListVisibility.Everyone,
        ["connections"] = ListVisibility.Connections,
        ["only-me"] = ListVisibility.OnlyMe,
    };

    private static readonly Dictionary<string, InvitationAudience> Audiences = new(
        StringComparer.Ordinal
    )
    {
        ["everyone"] = InvitationAudience.Everyone,
        ["second-degree"] = InvitationAudience.SecondDegree,
        ["nobody"] = InvitationAudience.Nobody,
    };

    public static Command Create(CommandFactory factory)
    {
        var owner = Arguments.Member("A", "Whose settings");
        var list = Arguments.Choice(
            "--list",
            "Who sees the list of connections",
            Visibilities.Keys
        );
        var invitations = Arguments.Choice("--invitations", "Who may invite A", Audiences.Keys);
        return factory.CreateAs(
            "settings",
            "Show the settings of A, and change those that are given",
            owner,
            [list, invitations],
            async run =>
            {
                var member = run.MemberId;
                var client = new ConnectionSettingsService.ConnectionSettingsServiceClient(
                    run.Invoker
                );
                var request = new UpdateConnectionSettingsRequest
                {
                    MemberId = member,
                    RequestId = RequestIds.New(),
                    Settings = new ConnectionSettings(),
                    UpdateMask = new FieldMask(),
                };
                if (run.Parse.GetValue(list) is { } visibility)
                {
                    request.Settings.ListVisibility = Visibilities[visibility];
                    request.UpdateMask.Paths.Add("list_visibility");
                }
                if (run.Parse.GetValue(invitations) is { } audience)
                {
                    request.Settings.InvitationAudience = Audiences[audience];
                    request.UpdateMask.Paths.Add("invitation_audience");
                }
                var settings =
                    request.UpdateMask.Paths.Count == 0
                        ? (
                            await client.GetConnectionSettingsAsync(
                                new GetConnectionSettingsRequest { MemberId = member },
                                run.Call()
                            )
                        ).Settings
                        : (
                            await client.UpdateConnectionSettingsAsync(request, run.Call())
                        ).Settings;
                var (seenBy, invitedBy) = (
                    Visibilities.First(entry => entry.Value == settings.ListVisibility).Key,
                    Audiences.First(entry => entry.Value == settings.InvitationAudience).Key
                );
                run.Write(
                    new SettingsResult(member, seenBy, invitedBy),
                    $"list of connections: {seenBy}\ninvitations: {invitedBy}"
                );
            }
        );
    }

    private sealed record SettingsResult(string MemberId, string List, string Invitations);
}
