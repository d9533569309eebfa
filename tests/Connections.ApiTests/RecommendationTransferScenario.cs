using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Recommendations in every state, and how they are moved.</summary>
internal static class RecommendationTransferScenario
{
    private static readonly Timestamp Time = Timestamp.FromDateTimeOffset(
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero)
    );

    /// <summary>An accepted one that is shown, and behind which another version waits.</summary>
    public static RecommendationRecord Revised(string author, string recipient) =>
        new()
        {
            AuthorId = author,
            RecipientId = recipient,
            Number = 2,
            ConnectionNumber = 3,
            State = RecommendationState.Revised,
            Shown = true,
            Text = "Grüße, \"you\" 🎉\n<b>",
            Relationship = "$set",
            RequestText = "please",
            RevisionRequestText = "shorter",
            RevisedText = "short",
            RevisedRelationship = "manager",
            CreateTime = Time,
            AcceptTime = Time,
            UpdateTime = Time,
        };

    /// <summary>Recommendations in every state, in the order of an export.</summary>
    public static List<RecommendationRecord> EveryState()
    {
        var records = new List<RecommendationRecord>();
        foreach (var state in System.Enum.GetValues<RecommendationState>().Skip(1))
        {
            var record = Revised("m", $"m-{(int)state}");
            record.State = state;
            switch (state)
            {
                case RecommendationState.Requested:
                case RecommendationState.Withdrawn:
                    (record.Text, record.RevisedText, record.RevisedRelationship) = ("", "", "");
                    (record.Shown, record.AcceptTime) = (false, null);
                    break;
                case RecommendationState.Written:
                    (record.RevisedText, record.RevisedRelationship) = ("", "");
                    (record.Shown, record.AcceptTime) = (false, null);
                    break;
                case RecommendationState.Accepted:
                    (record.RevisedText, record.RevisedRelationship) = ("", "");
                    record.Shown = false;
                    break;
                case RecommendationState.Declined:
                    (record.Shown, record.AcceptTime) = (false, null);
                    break;
            }
            records.Add(record);
        }
        // more than one message of the stream holds
        for (var index = 0; index < 230; index++)
        {
            records.Add(Revised($"n-{index:D3}", "m"));
        }
        return records;
    }

    /// <summary>All that an installation holds, from streams that are cut after each message.</summary>
    public static async Task<List<RecommendationRecord>> ExportAsync(
        ConnectionsOperationsService.ConnectionsOperationsServiceClient client
    )
    {
        var records = new List<RecommendationRecord>();
        var request = new ExportRecommendationsRequest();
        while (true)
        {
            using var call = client.ExportRecommendations(request);
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            records.AddRange(call.ResponseStream.Current.Recommendations);
            request.Cursor = call.ResponseStream.Current.Cursor;
            if (call.ResponseStream.Current.Complete)
            {
                return records;
            }
        }
    }

    /// <summary>
    /// What is imported is exported the same; importing it again changes nothing; what differs is refused and left as it is.
    /// </summary>
    public static async Task AssertMovesAsync(
        ConnectionsOperationsService.ConnectionsOperationsServiceClient client
    )
    {
        var request = new ImportRecommendationsRequest { Recommendations = { EveryState() } };

        var first = await client.ImportRecommendationsAsync(request);
        Assert.All(
            first.Results,
            result => Assert.Equal(RecommendationImportOutcome.Stored, result.Outcome)
        );
        Assert.Equal(EveryState(), await ExportAsync(client));

        var second = await client.ImportRecommendationsAsync(request);
        Assert.All(
            second.Results,
            result => Assert.Equal(RecommendationImportOutcome.Unchanged, result.Outcome)
        );

        foreach (var record in request.Recommendations)
        {
            record.Number++;
        }
        var third = await client.ImportRecommendationsAsync(request);
        Assert.All(
            third.Results,
            result => Assert.Equal((int)StatusCode.FailedPrecondition, result.Error.Code)
        );
        Assert.Equal(EveryState(), await ExportAsync(client));
    }
}
