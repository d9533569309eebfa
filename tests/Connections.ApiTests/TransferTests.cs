using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Relationships that are exported and imported, on SQLite.</summary>
public sealed class TransferTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private ConnectionsOperationsService.ConnectionsOperationsServiceClient Operator =>
        new(fixture.Service.AsOperator());

    [Fact]
    public async Task Export_Resumed_GoesOnAfterTheCursor()
    {
        var one = ConnectionsFixture.NewMember("one");
        var inviter = new InvitationsService.InvitationsServiceClient(
            fixture.Service.As(one, tier: "bulk")
        );
        for (var index = 0; index < 450; index++)
        {
            await inviter.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = $"{one}-{index:D3}" }
            );
        }
        var whole = await TransferScenario.ExportAsync(Operator);
        var cursor = "";
        var pieces = new List<RelationshipRecord>();
        var complete = false;
        while (!complete)
        {
            // one message of each stream, then it is cut
            using var call = Operator.ExportRelationships(
                new ExportRelationshipsRequest { Cursor = cursor }
            );
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            pieces.AddRange(call.ResponseStream.Current.Relationships);
            (cursor, complete) = (
                call.ResponseStream.Current.Cursor,
                call.ResponseStream.Current.Complete
            );
        }

        Assert.True(whole.Count >= 450);
        Assert.Equal(whole, pieces);
    }

    [Fact]
    public async Task ForeignCursor_IsInvalid()
    {
        using var call = Operator.ExportRelationships(
            new ExportRelationshipsRequest { Cursor = "bm9uc2Vuc2U" }
        );

        var refusal = await Refusal.OfAsync(() =>
            call.ResponseStream.MoveNext(CancellationToken.None)
        );

        Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
        // nor is the cursor of one stream that of the other
        var cursor = Platform.ServiceDefaults.Paging.PageToken.Encode(
            "export-relationships",
            "ann|bob"
        );
        using var other = Operator.ExportRecommendations(
            new ExportRecommendationsRequest { Cursor = cursor }
        );
        Assert.Equal(
            ErrorReason.InvalidCursor,
            (
                await Refusal.OfAsync(() => other.ResponseStream.MoveNext(CancellationToken.None))
            ).Reason
        );
    }

    [Fact]
    public async Task WithoutTheRole_IsRefused()
    {
        foreach (var invoker in new[] { fixture.Service.As("ann"), fixture.Service.AsService() })
        {
            var client = new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
                invoker
            );
            using var call = client.ExportRelationships(new ExportRelationshipsRequest());

            var export = await Refusal.OfAsync(() =>
                call.ResponseStream.MoveNext(CancellationToken.None)
            );
            var import = await Refusal.OfAsync(() =>
                client.ImportRelationshipsAsync(new ImportRelationshipsRequest()).ResponseAsync
            );

            using var recommendations = client.ExportRecommendations(
                new ExportRecommendationsRequest()
            );
            var exportRecommendations = await Refusal.OfAsync(() =>
                recommendations.ResponseStream.MoveNext(CancellationToken.None)
            );
            var importRecommendations = await Refusal.OfAsync(
                client.ImportRecommendationsAsync(new ImportRecommendationsRequest())
            );

            Assert.Equal(ErrorReason.RoleRequired, export.Reason);
            Assert.Equal(ErrorReason.RoleRequired, import.Reason);
            Assert.Equal(ErrorReason.RoleRequired, exportRecommendations.Reason);
            Assert.Equal(ErrorReason.RoleRequired, importRecommendations.Reason);
        }
    }

    [Fact]
    public async Task Import_WhatNoRelationshipCanBe_IsRefusedAlone()
    {
        var (one, other) = (ConnectionsFixture.NewMember("a"), ConnectionsFixture.NewMember("b"));
        var good = TransferScenario.Connected(one, other);
        var swapped = good.Clone();
        (swapped.LowId, swapped.HighId) = (other, one);
        var stranger = good.Clone();
        stranger.Invitation.InviterId = "stranger";
        var mismatched = good.Clone();
        mismatched.State = RelationshipState.Pending;
        var without = good.Clone();
        without.Invitation = null;
        var timeless = good.Clone();
        timeless.StateTime = null;
        var fine = good.Clone();
        fine.StateTime = new Timestamp { Seconds = 1, Nanos = 1 };
        var request = new ImportRelationshipsRequest
        {
            Relationships = { swapped, stranger, mismatched, without, timeless, fine, good },
        };

        var answer = await Operator.ImportRelationshipsAsync(request);

        Assert.All(
            answer.Results.Take(6),
            result => Assert.Equal((int)StatusCode.InvalidArgument, result.Error.Code)
        );
        Assert.Equal(RelationshipImportOutcome.Stored, answer.Results[6].Outcome);
    }

    [Fact]
    public async Task Import_WhatNoRecommendationCanBe_IsRefusedAlone()
    {
        var good = RecommendationTransferScenario.Revised(
            ConnectionsFixture.NewMember("a"),
            ConnectionsFixture.NewMember("b")
        );
        Action<RecommendationRecord>[] spoil =
        [
            record => record.RecipientId = record.AuthorId,
            record => record.AuthorId = "a b",
            record => record.Number = 0,
            record => record.ConnectionNumber = 0,
            record => record.State = RecommendationState.Unspecified,
            record => record.State = (RecommendationState)99,
            record => record.State = RecommendationState.Written,
            record => record.State = RecommendationState.Accepted,
            record => record.State = RecommendationState.Withdrawn,
            record => record.Text = "",
            record => record.Text = new string('x', 3001),
            record => record.RevisedText = "",
            record => record.AcceptTime = null,
            record => record.CreateTime = null,
            record => record.UpdateTime = null,
            record => record.UpdateTime = new Timestamp { Seconds = 1 },
            record => record.CreateTime = new Timestamp { Seconds = 1, Nanos = 1 },
        ];
        var request = new ImportRecommendationsRequest();
        foreach (var change in spoil)
        {
            var record = good.Clone();
            change(record);
            request.Recommendations.Add(record);
        }
        request.Recommendations.Add(good);

        var answer = await Operator.ImportRecommendationsAsync(request);

        for (var index = 0; index < spoil.Length; index++)
        {
            Assert.True(
                answer.Results[index].Error?.Code == (int)StatusCode.InvalidArgument,
                $"item {index}: {answer.Results[index]}"
            );
        }
        Assert.Equal(RecommendationImportOutcome.Stored, answer.Results[^1].Outcome);
    }
}
