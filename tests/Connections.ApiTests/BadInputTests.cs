using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Each bad input is a clear refusal, and nothing is stored.</summary>
public sealed class BadInputTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>,
        IAsyncLifetime
{
    private const string Ann = "ann";
    private const string Bob = "bob";
    private long _revision;

    private IConnectionStore Store =>
        fixture.Service.Services.GetRequiredService<IConnectionStore>();

    private InvitationsService.InvitationsServiceClient Invitations => fixture.Invitations(Ann);

    private ConnectionsService.ConnectionsServiceClient Connections => fixture.Connections(Ann);

    public async ValueTask InitializeAsync() =>
        _revision = await Store.GetRevisionAsync(CancellationToken.None);

    // after every test of this class: nothing was stored
    public async ValueTask DisposeAsync() =>
        Assert.Equal(_revision, await Store.GetRevisionAsync(CancellationToken.None));

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("pipe|")]
    [InlineData("tilde~")]
    [InlineData("ünïcode")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task MemberIds_OutsideThePattern_AreRefused(string id)
    {
        await AssertInvalidAsync(
            "invitee_id",
            Invitations.SendInvitationAsync(new SendInvitationRequest { InviteeId = id })
        );
        await AssertInvalidAsync(
            "other_id",
            Connections.CheckConnectionAsync(new CheckConnectionRequest { OtherId = id })
        );
        await AssertInvalidAsync(
            "other_ids[1]",
            Connections.BatchCheckConnectionsAsync(
                new BatchCheckConnectionsRequest { OtherIds = { Bob, id } }
            )
        );
        await AssertInvalidAsync(
            "other_id",
            Connections.RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = id })
        );
        if (id.Length > 0)
        {
            await AssertInvalidAsync(
                "member_id",
                new ConnectionsService.ConnectionsServiceClient(
                    fixture.Service.AsService()
                ).CheckConnectionAsync(new CheckConnectionRequest { MemberId = id, OtherId = Bob })
            );
            await AssertInvalidAsync(
                "owner_id",
                Connections.ListConnectionsAsync(new ListConnectionsRequest { OwnerId = id })
            );
        }
    }

    [Theory]
    [InlineData("   ")]
    [InlineData("\t\n")]
    [InlineData("bell\u0007")]
    [InlineData("nul\u0000")]
    public async Task Notes_Unreadable_AreRefused(string note)
    {
        await AssertInvalidAsync(
            "note",
            Invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = Bob, Note = note }
            )
        );
        await AssertInvalidAsync(
            "context.where_met",
            Invitations.SendInvitationAsync(
                new SendInvitationRequest
                {
                    InviteeId = Bob,
                    Context = new InvitationContext { WhereMet = note },
                }
            )
        );
    }

    [Fact]
    public Task Note_Of301Characters_IsRefused() =>
        AssertInvalidAsync(
            "note",
            Invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = Bob, Note = new string('x', 301) }
            )
        );

    [Fact]
    public async Task SendInvitation_ToOneself_IsRefused()
    {
        var refusal = await Refusal.OfAsync(
            Invitations.SendInvitationAsync(new SendInvitationRequest { InviteeId = Ann })
        );

        Assert.Equal(ErrorReason.SelfInvitation, refusal.Reason);
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Equal("platform.connections.v1", refusal.Info.Domain);
    }

    [Fact]
    public async Task RemoveConnection_OfOneself_IsRefused() =>
        Assert.Equal(
            ErrorReason.SameMember,
            (
                await Refusal.OfAsync(
                    Connections.RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = Ann })
                )
            ).Reason
        );

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("bob~ann~1")]
    [InlineData("ann~bob~0")]
    public async Task InvitationIds_NeverGiven_AreRefused(string id)
    {
        await AssertInvalidAsync(
            "invitation_id",
            Invitations.GetInvitationAsync(new GetInvitationRequest { InvitationId = id })
        );
        await AssertInvalidAsync(
            "invitation_id",
            Invitations.AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id })
        );
    }

    [Fact]
    public async Task InvitationIds_OfNothing_AreNotFound()
    {
        var refusal = await Refusal.OfAsync(
            Invitations.AcceptInvitationAsync(
                new AcceptInvitationRequest { InvitationId = "ann~bob~1" }
            )
        );

        Assert.Equal(ErrorReason.InvitationNotFound, refusal.Reason);
        Assert.Equal(StatusCode.NotFound, refusal.Code);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(1001)]
    public async Task PageSizes_NegativeOrHuge_AreRefused(int size)
    {
        await AssertInvalidAsync(
            "page_size",
            Connections.ListConnectionsAsync(new ListConnectionsRequest { PageSize = size })
        );
        await AssertInvalidAsync(
            "page_size",
            Invitations.ListSentInvitationsAsync(new ListSentInvitationsRequest { PageSize = size })
        );
        await AssertInvalidAsync(
            "page_size",
            Invitations.ListReceivedInvitationsAsync(
                new ListReceivedInvitationsRequest { PageSize = size }
            )
        );
    }

    [Fact]
    public async Task PageTokens_OfAnotherListCallerOrFilter_AreRefused()
    {
        var pages = Platform.ServiceDefaults.Paging.PageToken.Encode(
            "invitations/sent/bob/SentPending",
            "1|x"
        );
        foreach (var token in new[] { pages, "nonsense!", "AAAA", new string('A', 2000) })
        {
            Assert.Equal(
                ErrorReason.InvalidPageToken,
                (
                    await Refusal.OfAsync(
                        Invitations.ListSentInvitationsAsync(
                            new ListSentInvitationsRequest { PageToken = token }
                        )
                    )
                ).Reason
            );
            Assert.Equal(
                ErrorReason.InvalidPageToken,
                (
                    await Refusal.OfAsync(
                        Connections.ListConnectionsAsync(
                            new ListConnectionsRequest { PageToken = token }
                        )
                    )
                ).Reason
            );
        }
    }

    [Fact]
    public async Task PageToken_OfTheRightListButSenselessPosition_IsRefused()
    {
        foreach (
            var position in new[] { "", "x", "1", "1|", "x|bob", "1|a b", "999999999999999999|b" }
        )
        {
            var token = Platform.ServiceDefaults.Paging.PageToken.Encode(
                "invitations/sent/ann/SentPending",
                position
            );
            Assert.Equal(
                ErrorReason.InvalidPageToken,
                (
                    await Refusal.OfAsync(
                        Invitations.ListSentInvitationsAsync(
                            new ListSentInvitationsRequest { PageToken = token }
                        )
                    )
                ).Reason
            );
        }
    }

    [Fact]
    public async Task StreamConnections_BadCursorOrChunk_IsRefused()
    {
        var client = new ConnectionsService.ConnectionsServiceClient(fixture.Service.AsService());
        using var cursor = client.StreamConnections(
            new StreamConnectionsRequest { MemberId = Ann, Cursor = "AAAA" }
        );
        using var chunk = client.StreamConnections(
            new StreamConnectionsRequest { MemberId = Ann, ChunkSize = 5001 }
        );
        using var nobody = client.StreamConnections(new StreamConnectionsRequest());

        Assert.Equal(
            ErrorReason.InvalidCursor,
            (await Refusal.OfAsync(() => cursor.ResponseStream.MoveNext())).Reason
        );
        Assert.Equal(
            ErrorReason.InvalidRequest,
            (await Refusal.OfAsync(() => chunk.ResponseStream.MoveNext())).Reason
        );
        Assert.Equal(
            ErrorReason.MemberIdRequired,
            (await Refusal.OfAsync(() => nobody.ResponseStream.MoveNext())).Reason
        );
    }

    [Fact]
    public async Task BatchCheckConnections_TooManyOrNone_IsRefused()
    {
        var refusal = await Refusal.OfAsync(
            Connections.BatchCheckConnectionsAsync(
                new BatchCheckConnectionsRequest
                {
                    OtherIds = { Enumerable.Range(0, 501).Select(index => $"m{index}") },
                }
            )
        );

        Assert.Equal(ErrorReason.BatchTooLarge, refusal.Reason);
        Assert.Equal("500", refusal.Info.Metadata["limit"]);
        await AssertInvalidAsync(
            "other_ids",
            Connections.BatchCheckConnectionsAsync(new BatchCheckConnectionsRequest())
        );
    }

    [Fact]
    public async Task BatchCheckPairs_TooManyNoneOrMalformed_IsRefused()
    {
        var service = new ConnectionsService.ConnectionsServiceClient(fixture.Service.AsService());
        var refusal = await Refusal.OfAsync(
            service.BatchCheckPairsAsync(
                new BatchCheckPairsRequest
                {
                    Pairs =
                    {
                        Enumerable
                            .Range(0, 501)
                            .Select(index => new PairToCheck
                            {
                                MemberId = Bob,
                                OtherId = $"m{index}",
                            }),
                    },
                }
            )
        );

        Assert.Equal(ErrorReason.BatchTooLarge, refusal.Reason);
        Assert.Equal("500", refusal.Info.Metadata["limit"]);
        await AssertInvalidAsync("pairs", service.BatchCheckPairsAsync(new()));
        await AssertInvalidAsync("pairs[1].member_id", Check(new() { OtherId = Bob }));
        await AssertInvalidAsync("pairs[1].other_id", Check(new() { MemberId = Bob }));
        await AssertInvalidAsync(
            "pairs[1].other_id",
            Check(new() { MemberId = Bob, OtherId = "a|b" })
        );
        await AssertInvalidAsync(
            "pairs[1].member_id",
            Check(new() { MemberId = new string('x', 65), OtherId = Bob })
        );
        Assert.Equal(
            ErrorReason.InvalidRevision,
            (
                await Refusal.OfAsync(
                    service.BatchCheckPairsAsync(
                        new()
                        {
                            Pairs =
                            {
                                new PairToCheck { MemberId = Bob, OtherId = "m1" },
                            },
                            Consistency = new Consistency { AtLeastRevision = "yesterday" },
                        }
                    )
                )
            ).Reason
        );

        AsyncUnaryCall<BatchCheckPairsResponse> Check(PairToCheck pair) =>
            service.BatchCheckPairsAsync(
                new BatchCheckPairsRequest
                {
                    Pairs =
                    {
                        new PairToCheck { MemberId = Bob, OtherId = "m1" },
                        pair,
                    },
                }
            );
    }

    [Fact]
    public async Task RequestIdsEnumsAndTimes_Malformed_AreRefused()
    {
        await AssertInvalidAsync(
            "request_id",
            Invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = Bob, RequestId = "a b" }
            )
        );
        await AssertInvalidAsync(
            "request_id",
            Invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = Bob, RequestId = new string('x', 65) }
            )
        );
        await AssertInvalidAsync(
            "state",
            Invitations.ListSentInvitationsAsync(
                new ListSentInvitationsRequest { State = (InvitationState)99 }
            )
        );
        await AssertInvalidAsync(
            "reason",
            Invitations.DeclineInvitationAsync(
                new DeclineInvitationRequest
                {
                    InvitationId = "ann~bob~1",
                    Reason = (DeclineReason)99,
                }
            )
        );
        await AssertInvalidAsync(
            "connected_from_time",
            Connections.ListConnectionsAsync(
                new ListConnectionsRequest
                {
                    ConnectedFromTime = new Timestamp { Seconds = long.MaxValue },
                }
            )
        );
    }

    [Theory]
    [InlineData("nonsense", ErrorReason.InvalidRevision)]
    [InlineData("c9000000000000000", ErrorReason.RevisionNotReached)]
    public async Task Revision_UnknownOrNeverReached_IsRefused(
        string revision,
        ErrorReason reason
    ) =>
        Assert.Equal(
            reason,
            (
                await Refusal.OfAsync(
                    Connections.CheckConnectionAsync(
                        new CheckConnectionRequest
                        {
                            OtherId = Bob,
                            Consistency = new Consistency { AtLeastRevision = revision },
                        }
                    )
                )
            ).Reason
        );

    [Fact]
    public async Task ActingForAnother_Member_IsRefused()
    {
        Assert.Equal(
            ErrorReason.ActingForAnother,
            (
                await Refusal.OfAsync(
                    Invitations.SendInvitationAsync(
                        new SendInvitationRequest { MemberId = Bob, InviteeId = "eve" }
                    )
                )
            ).Reason
        );
        Assert.Equal(
            ErrorReason.ActingForAnother,
            (
                await Refusal.OfAsync(
                    Connections.ListConnectionsAsync(new ListConnectionsRequest { MemberId = Bob })
                )
            ).Reason
        );
    }

    [Fact]
    public async Task ServiceToken_WithoutMember_IsRefused() =>
        Assert.Equal(
            ErrorReason.MemberIdRequired,
            (
                await Refusal.OfAsync(
                    new InvitationsService.InvitationsServiceClient(
                        fixture.Service.AsService()
                    ).SendInvitationAsync(new SendInvitationRequest { InviteeId = Bob })
                )
            ).Reason
        );

    [Fact]
    public async Task Tokens_MissingForgedOrExpired_AreRefused()
    {
        async Task<Refusal> SendWithAsync(string? token) =>
            await Refusal.OfAsync(
                new InvitationsService.InvitationsServiceClient(
                    fixture.Service.WithToken(token)
                ).SendInvitationAsync(new SendInvitationRequest { InviteeId = Bob })
            );

        Assert.Equal(ErrorReason.CredentialsMissing, (await SendWithAsync(null)).Reason);
        Assert.Equal(
            ErrorReason.CredentialsInvalid,
            (await SendWithAsync(fixture.Identity.ForgedToken(Ann))).Reason
        );
        Assert.Equal(ErrorReason.CredentialsInvalid, (await SendWithAsync("not.a.token")).Reason);
        Assert.Equal(
            ErrorReason.CredentialsExpired,
            (await SendWithAsync(fixture.Identity.ExpiredToken(Ann))).Reason
        );
    }

    private static async Task AssertInvalidAsync<T>(string field, AsyncUnaryCall<T> call)
    {
        var refusal = await Refusal.OfAsync(call);
        Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
        Assert.Equal([field], refusal.Fields);
    }
}
