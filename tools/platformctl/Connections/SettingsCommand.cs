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
        var list = Choice("--list", "Who sees the list of connections", Visibilities.Keys);
        var invitations = Choice("--invitations", "Who may invite A", Audiences.Keys);
        return factory.Create(
            "settings",
            "Show the settings of A, and change those that are given",
            [owner, list, invitations],
            async (context, cancellationToken) =>
            {
                var member = context.Parse.GetRequiredValue(owner);
                using var session = await context.ActAsAsync(member, cancellationToken);
                var client = new ConnectionSettingsService.ConnectionSettingsServiceClient(
                    session.Invoker
                );
                var request = new UpdateConnectionSettingsRequest
                {
                    MemberId = member,
                    RequestId = RequestIds.New(),
                    Settings = new ConnectionSettings(),
                    UpdateMask = new FieldMask(),
                };
                if (context.Parse.GetValue(list) is { } visibility)
                {
                    request.Settings.ListVisibility = Visibilities[visibility];
                    request.UpdateMask.Paths.Add("list_visibility");
                }
                if (context.Parse.GetValue(invitations) is { } audience)
                {
                    request.Settings.InvitationAudience = Audiences[audience];
                    request.UpdateMask.Paths.Add("invitation_audience");
                }
                var settings =
                    request.UpdateMask.Paths.Count == 0
                        ? (
                            await client.GetConnectionSettingsAsync(
                                new GetConnectionSettingsRequest { MemberId = member },
                                session.Call(cancellationToken)
                            )
                        ).Settings
                        : (
                            await client.UpdateConnectionSettingsAsync(
                                request,
                                session.Call(cancellationToken)
                            )
                        ).Settings;
                var (seenBy, invitedBy) = (
                    Visibilities.First(entry => entry.Value == settings.ListVisibility).Key,
                    Audiences.First(entry => entry.Value == settings.InvitationAudience).Key
                );
                context.Write(
                    new SettingsResult(member, seenBy, invitedBy),
                    $"list of connections: {seenBy}\ninvitations: {invitedBy}"
                );
            }
        );
    }

    private static Option<string?> Choice(
        string name,
        string description,
        IReadOnlyCollection<string> values
    )
    {
        var option = new Option<string?>(name)
        {
            Description = description,
            HelpName = string.Join('|', values),
        };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }

    private sealed record SettingsResult(string MemberId, string List, string Invitations);
}
