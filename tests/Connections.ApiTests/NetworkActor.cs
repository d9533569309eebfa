using Google.Protobuf.WellKnownTypes;
using Grpc.Health.V1;
using Platform.Common.V1;
using Platform.Connections.Network;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Calls that tests of the network make.</summary>
internal sealed class NetworkActor(ConnectionsFixture fixture)
{
    public NetworkService.NetworkServiceClient As(string member) => new(fixture.Service.As(member));

    public async Task UntilReadyAsync()
    {
        var health = new Health.HealthClient(fixture.Service.WithToken(null));
        await Eventually.HoldsAsync(
            "the graph index is loaded",
            async () =>
                (
                    await health.CheckAsync(
                        new HealthCheckRequest { Service = NetworkHealthCheck.ServiceName }
                    )
                ).Status == HealthCheckResponse.Types.ServingStatus.Serving
        );
    }

    /// <returns>The revision of the connection.</returns>
    public async Task<string> ConnectAsync(string one, string other)
    {
        await fixture
            .Invitations(one)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = other });
        return (
            await fixture
                .Invitations(other)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = one })
        ).Revision;
    }

    public async Task<string> RemoveAsync(string one, string other) =>
        (
            await fixture
                .Connections(one)
                .RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = other })
        ).Revision;

    public async Task<string> BlockAsync(string one, string other) =>
        (
            await new BlocksService.BlocksServiceClient(fixture.Service.As(one)).BlockMemberAsync(
                new BlockMemberRequest { OtherId = other }
            )
        ).Revision;

    public async Task<string> ShowAsync(string member, ListVisibility visibility) =>
        (
            await new ConnectionSettingsService.ConnectionSettingsServiceClient(
                fixture.Service.As(member)
            ).UpdateConnectionSettingsAsync(
                new UpdateConnectionSettingsRequest
                {
                    Settings = new ConnectionSettings { ListVisibility = visibility },
                }
            )
        ).Revision;

    /// <summary>Connects a member with many others at once.</summary>
    public async Task ImportAsync(string member, IEnumerable<string> others)
    {
        var operations = new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
            fixture.Service.AsOperator()
        );
        foreach (var chunk in others.Chunk(500))
        {
            var imported = await operations.ImportRelationshipsAsync(
                new ImportRelationshipsRequest
                {
                    Relationships = { chunk.Select(other => Connected(member, other)) },
                }
            );
            Assert.All(imported.Results, result => Assert.Null(result.Error));
        }
    }

    public static Consistency AtLeast(string revision) => new() { AtLeastRevision = revision };

    private static RelationshipRecord Connected(string one, string other)
    {
        var (low, high) = string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
        var time = new Timestamp { Seconds = 1_700_000_000 };
        return new RelationshipRecord
        {
            LowId = low,
            HighId = high,
            State = RelationshipState.Connected,
            StateTime = time,
            Invitation = new InvitationRecord
            {
                Number = 1,
                InviterId = low,
                State = InvitationState.Accepted,
                SentTime = time,
                ExpireTime = time,
                EndTime = time,
            },
        };
    }
}
