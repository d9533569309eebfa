using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Who sees what: every cell of docs/visibility.md.</summary>
public class VisibilityTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _owner = ConnectionsFixture.NewMember("owner");
    private readonly string _viewer = ConnectionsFixture.NewMember("viewer");
    private readonly string _friend = ConnectionsFixture.NewMember("friend");
    private readonly string _other = ConnectionsFixture.NewMember("other");

    public static TheoryData<string, string, string> Lists =>
        VisibilityDocument.Cells("The list of connections and its count");

    public static TheoryData<string, string, string> Summaries =>
        VisibilityDocument.Cells("Connections in common with an inviter");

    public static TheoryData<string, string, string> Audiences =>
        VisibilityDocument.Cells("Who may invite");

    public static TheoryData<string, string, string> Blocks =>
        VisibilityDocument.Cells("What a block leaves to see");

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task ListAndCount_EachCell_AreAsDocumented(
        string viewer,
        string setting,
        string expected
    )
    {
        await fixture.ConnectAsync(_owner, _friend);
        await fixture.ConnectAsync(_owner, _other);
        var reader = viewer == "the owner" ? _owner : _viewer;
        var connections = new List<string> { _friend, _other };
        if (viewer.StartsWith("a connection", StringComparison.Ordinal))
        {
            await fixture.ConnectAsync(_owner, _viewer);
            connections.Add(_viewer);
        }
        switch (viewer)
        {
            case "the owner" or "a connection" or "a member without one":
                break;
            case "a member with a mutual connection":
                await fixture.ConnectAsync(_viewer, _friend);
                break;
            case "a member whom the owner blocks":
                await BlockAsync(_owner, _viewer);
                break;
            case "a member who blocks the owner":
                await BlockAsync(_viewer, _owner);
                break;
            case "a connection who blocks one of them" or "a member who blocks one of them":
                await BlockAsync(_viewer, _other);
                break;
            case "a connection whom one of them blocks" or "a member whom one of them blocks":
                await BlockAsync(_other, _viewer);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(viewer), viewer, "Not tested.");
        }
        await SetAsync(_owner, setting);

        foreach (
            var client in new[]
            {
                fixture.Connections(reader),
                new ConnectionsService.ConnectionsServiceClient(fixture.Service.AsService()),
            }
        )
        {
            if (expected == "hidden")
            {
                var list = await Refusal.OfAsync(() => ListAsync(client, reader));
                var count = await Refusal.OfAsync(() => CountAsync(client, reader));
                Assert.Equal(ErrorReason.ListHidden, list.Reason);
                Assert.Equal(list.Status, count.Status);
                continue;
            }
            var seen = expected switch
            {
                "all" => connections,
                "all but one" => connections.Except([_other]).ToList(),
                "empty" => [],
                _ => throw new ArgumentOutOfRangeException(nameof(expected), expected, "?"),
            };
            Assert.Equal(
                seen.Order(StringComparer.Ordinal),
                (await ListAsync(client, reader)).Order(StringComparer.Ordinal)
            );
            Assert.Equal(seen.Count, await CountAsync(client, reader));
        }
    }

    [Theory]
    [MemberData(nameof(Summaries))]
    public async Task MutualConnections_EachCell_AreAsDocumented(
        string state,
        string setting,
        string expected
    )
    {
        // the owner invites the viewer; the two share one
        await fixture.ConnectAsync(_owner, _friend);
        await fixture.ConnectAsync(_viewer, _friend);
        await fixture.ConnectAsync(_owner, _other);
        var id =
            state == "expired" ? await ImportExpiredAsync() : await InviteAsync(_owner, _viewer);
        await SetAsync(_owner, setting);
        var invitee = fixture.Invitations(_viewer);
        var listed = InvitationState.Pending;
        switch (state)
        {
            case "pending":
                break;
            case "accepted":
                await invitee.AcceptInvitationAsync(
                    new AcceptInvitationRequest { InvitationId = id }
                );
                listed = InvitationState.Accepted;
                break;
            case "declined":
                await invitee.DeclineInvitationAsync(
                    new DeclineInvitationRequest { InvitationId = id }
                );
                listed = InvitationState.Declined;
                break;
            case "expired":
                listed = InvitationState.Expired;
                break;
            case "superseded by the invitee's block":
                await BlockAsync(_viewer, _owner);
                listed = InvitationState.Superseded;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(state), state, "Not tested.");
        }

        var got = await invitee.GetInvitationAsync(new GetInvitationRequest { InvitationId = id });
        var received = await invitee.ListReceivedInvitationsAsync(
            new ListReceivedInvitationsRequest { State = listed }
        );

        var summary =
            expected == "shown"
                ? new MutualConnectionsSummary { Count = 1, SampleIds = { _friend } }
                : new MutualConnectionsSummary();
        Assert.Equal(summary, got.Invitation.MutualConnections);
        Assert.Equal(
            summary,
            Assert
                .Single(received.Invitations, invitation => invitation.InvitationId == id)
                .MutualConnections
        );
        if (state != "superseded by the invitee's block")
        {
            // for the invitee only
            var sent = await fixture
                .Invitations(_owner)
                .GetInvitationAsync(new GetInvitationRequest { InvitationId = id });
            Assert.Null(sent.Invitation.MutualConnections);
        }
    }

    [Theory]
    [MemberData(nameof(Audiences))]
    public async Task SendInvitation_EachCell_IsAsDocumented(
        string inviter,
        string setting,
        string expected
    )
    {
        await fixture.ConnectAsync(_owner, _friend);
        switch (inviter)
        {
            case "a member without a mutual connection":
                break;
            case "a member with a mutual connection":
                await fixture.ConnectAsync(_viewer, _friend);
                break;
            case "a member whom the invitee has invited":
                await InviteAsync(_owner, _viewer);
                break;
            case "a member who has invited already":
                await InviteAsync(_viewer, _owner);
                break;
            case "a connection":
                await fixture.ConnectAsync(_viewer, _owner);
                break;
            case "a member in a cool-down":
                var id = await InviteAsync(_viewer, _owner);
                await fixture
                    .Invitations(_owner)
                    .DeclineInvitationAsync(new DeclineInvitationRequest { InvitationId = id });
                break;
            case "a member whom the invitee blocks":
                await BlockAsync(_owner, _viewer);
                break;
            case "a member who blocks the invitee":
                await BlockAsync(_viewer, _owner);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(inviter), inviter, "Not tested.");
        }
        await SetAsync(_owner, setting);

        Assert.Equal(expected, await InvitingAsync(_viewer, _owner));
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Block_EachCell_IsAsDocumented(string what, string reader, string expected)
    {
        // the owner, who has a connection, blocks the viewer while an invitation of the viewer is pending
        await fixture.ConnectAsync(_owner, _friend);
        await fixture.ConnectAsync(_viewer, _other);
        var id = await InviteAsync(_viewer, _owner);
        await BlockAsync(_owner, _viewer);
        var stranger = ConnectionsFixture.NewMember("stranger");
        var (who, whom) = reader switch
        {
            "by the member who blocks" => (_owner, _viewer),
            "by the blocked member" => (_viewer, _owner),
            "by a member who never met the other" => (
                stranger,
                ConnectionsFixture.NewMember("unknown")
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(reader), reader, "Not tested."),
        };

        Assert.Equal(expected, await LookAsync(what, who, whom, id));
    }

    private async Task<string> LookAsync(string what, string who, string whom, string id)
    {
        var connections = fixture.Connections(who);
        var blocks = new BlocksService.BlocksServiceClient(fixture.Service.As(who));
        switch (what)
        {
            case "the first-degree check":
                var check = await connections.CheckConnectionAsync(
                    new CheckConnectionRequest { OtherId = whom }
                );
                Assert.Empty(check.InvitationId);
                return check.Status.ToString().ToLowerInvariant();
            case "the other's list of connections":
                var list = await connections.ListConnectionsAsync(
                    new ListConnectionsRequest { OwnerId = whom }
                );
                return list.Connections.Count == 0 ? "empty" : "not empty";
            case "the other's count of connections":
                var count = await connections.CountConnectionsAsync(
                    new CountConnectionsRequest { OwnerId = whom }
                );
                return $"{count.Count}";
            case "the invitation that the block ended":
                return await OutcomeAsync(async () =>
                    (
                        await fixture
                            .Invitations(who)
                            .GetInvitationAsync(new GetInvitationRequest { InvitationId = id })
                    )
                        .Invitation.State.ToString()
                        .ToLowerInvariant()
                );
            case "accepting that invitation":
                return await OutcomeAsync(async () =>
                {
                    await fixture
                        .Invitations(who)
                        .AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id });
                    return "accepted";
                });
            case "inviting the other":
                return await InvitingAsync(who, whom);
            case "removing the connection":
                return await OutcomeAsync(async () =>
                {
                    await connections.RemoveConnectionAsync(
                        new RemoveConnectionRequest { OtherId = whom }
                    );
                    return "removed";
                });
            case "one's own list of blocks":
                var own = await blocks.ListBlocksAsync(new ListBlocksRequest());
                return own.Blocks.Select(block => block.BlockedId).ToArray() switch
                {
                    [] => "empty",
                    [var only] when only == whom => "the other",
                    _ => "something else",
                };
            case "the check of blocks":
                return Say(
                    (await blocks.CheckBlockAsync(new CheckBlockRequest { OtherId = whom })).Check
                );
            case "the check of blocks, by a service":
                return Say(
                    (
                        await new BlocksService.BlocksServiceClient(
                            fixture.Service.AsService()
                        ).CheckBlockAsync(new CheckBlockRequest { MemberId = who, OtherId = whom })
                    ).Check
                );
            case "blocking the other":
                var blocked = await blocks.BlockMemberAsync(
                    new BlockMemberRequest { OtherId = whom }
                );
                Assert.Equal(whom, blocked.Block.BlockedId);
                return "blocks";
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "Not tested.");
        }
    }

    private static string Say(BlockCheck check) =>
        (check.Blocks, check.BlockedBy) switch
        {
            (true, false) => "blocks",
            (false, true) => "blocked by",
            (false, false) => "nothing",
            _ => "both",
        };

    private Task<string> InvitingAsync(string inviter, string invitee) =>
        OutcomeAsync(async () =>
        {
            var sent = await fixture
                .Invitations(inviter)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });
            return sent.Status == ConnectionStatus.Connected ? "connects" : "invites";
        });

    private static async Task<string> OutcomeAsync(Func<Task<string>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException exception)
        {
            var refusal = await Refusal.OfAsync(() => Task.FromException(exception));
            return refusal.Info.Reason;
        }
    }

    // by pages of two, in both orders
    private async Task<List<string>> ListAsync(
        ConnectionsService.ConnectionsServiceClient client,
        string reader
    )
    {
        var lists = new List<List<string>>();
        foreach (var order in new[] { ConnectionOrder.Recent, ConnectionOrder.Id })
        {
            var request = new ListConnectionsRequest
            {
                MemberId = reader,
                OwnerId = _owner,
                Order = order,
                PageSize = 2,
            };
            var seen = new List<string>();
            do
            {
                var page = await client.ListConnectionsAsync(request);
                seen.AddRange(page.Connections.Select(connection => connection.MemberId));
                request.PageToken = page.NextPageToken;
            } while (request.PageToken.Length > 0);
            lists.Add(seen);
        }
        Assert.Equal(lists[0].Order(), lists[1].Order());
        return lists[0];
    }

    private async Task<long> CountAsync(
        ConnectionsService.ConnectionsServiceClient client,
        string reader
    ) =>
        (
            await client.CountConnectionsAsync(
                new CountConnectionsRequest { MemberId = reader, OwnerId = _owner }
            )
        ).Count;

    private async Task SetAsync(string member, string setting) =>
        await new ConnectionSettingsService.ConnectionSettingsServiceClient(
            fixture.Service.As(member)
        ).UpdateConnectionSettingsAsync(
            new UpdateConnectionSettingsRequest
            {
                Settings = setting switch
                {
                    "everyone" => new ConnectionSettings
                    {
                        ListVisibility = ListVisibility.Everyone,
                        InvitationAudience = InvitationAudience.Everyone,
                    },
                    "connections" => new ConnectionSettings
                    {
                        ListVisibility = ListVisibility.Connections,
                    },
                    "only me" => new ConnectionSettings { ListVisibility = ListVisibility.OnlyMe },
                    "second degree" => new ConnectionSettings
                    {
                        InvitationAudience = InvitationAudience.SecondDegree,
                    },
                    "nobody" => new ConnectionSettings
                    {
                        InvitationAudience = InvitationAudience.Nobody,
                    },
                    _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, "?"),
                },
            }
        );

    private async Task BlockAsync(string blocker, string blocked) =>
        await new BlocksService.BlocksServiceClient(fixture.Service.As(blocker)).BlockMemberAsync(
            new BlockMemberRequest { OtherId = blocked }
        );

    private async Task<string> InviteAsync(string inviter, string invitee) =>
        (
            await fixture
                .Invitations(inviter)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee })
        )
            .Invitation
            .InvitationId;

    // an invitation of the owner to the viewer that nobody acted on in time
    private async Task<string> ImportExpiredAsync()
    {
        var time = new Timestamp { Seconds = 1_700_000_000 };
        var (low, high) =
            string.CompareOrdinal(_owner, _viewer) < 0 ? (_owner, _viewer) : (_viewer, _owner);
        var imported = await new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
            fixture.Service.AsOperator()
        ).ImportRelationshipsAsync(
            new ImportRelationshipsRequest
            {
                Relationships =
                {
                    new RelationshipRecord
                    {
                        LowId = low,
                        HighId = high,
                        State = RelationshipState.Expired,
                        StateTime = time,
                        Invitation = new InvitationRecord
                        {
                            Number = 1,
                            InviterId = _owner,
                            State = InvitationState.Expired,
                            SentTime = time,
                            ExpireTime = time,
                            EndTime = time,
                        },
                    },
                },
            }
        );
        Assert.Null(imported.Results[0].Error);
        return $"{low}~{high}~1";
    }
}
