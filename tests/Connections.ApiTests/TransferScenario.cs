using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Relationships in every state, and how they are moved.</summary>
internal static class TransferScenario
{
    private static readonly Timestamp Time = Timestamp.FromDateTimeOffset(
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero)
    );

    /// <summary>A connection.</summary>
    public static RelationshipRecord Connected(string low, string high) =>
        new()
        {
            LowId = low,
            HighId = high,
            State = RelationshipState.Connected,
            StateTime = Time,
            Invitation = new InvitationRecord
            {
                Number = 2,
                InviterId = high,
                State = InvitationState.Accepted,
                Note = "Grüße, \"you\" 🎉",
                Context = new InvitationContext { WhereMet = "a fair", Text = "$set" },
                SentTime = Time,
                ExpireTime = Time,
                EndTime = Time,
            },
            Ledger =
            {
                new TransitionRecord
                {
                    Kind = ConnectionChangeKind.Expired,
                    ChangeTime = Time,
                    InvitationNumber = 1,
                },
                new TransitionRecord
                {
                    Kind = ConnectionChangeKind.Connected,
                    ActorId = low,
                    ChangeTime = Time,
                    InvitationNumber = 2,
                },
            },
        };

    /// <summary>Relationships in every state, in the order of an export.</summary>
    public static List<RelationshipRecord> EveryState()
    {
        var records = new List<RelationshipRecord>();
        foreach (var state in System.Enum.GetValues<RelationshipState>())
        {
            var record = Connected("m", $"m-{(int)state}");
            record.State = state;
            record.Invitation.State = state switch
            {
                RelationshipState.Pending => InvitationState.Pending,
                RelationshipState.Declined => InvitationState.Declined,
                RelationshipState.Withdrawn => InvitationState.Withdrawn,
                RelationshipState.Expired => InvitationState.Expired,
                _ => InvitationState.Accepted,
            };
            switch (state)
            {
                case RelationshipState.Unspecified:
                    record.Invitation = null;
                    record.BlockedByLow = true;
                    record.LowBlockTime = Time;
                    record.LastBlockTime = Time;
                    record.Ledger.Clear();
                    break;
                case RelationshipState.Pending:
                    record.Invitation.EndTime = null;
                    record.Invitation.ReminderTime = Time;
                    record.Invitation.Tier = "premium";
                    // far ahead: nothing expires it meanwhile
                    record.Invitation.ExpireTime = new Timestamp { Seconds = 4_000_000_000 };
                    break;
                case RelationshipState.Declined:
                    record.Invitation.DeclineReason = DeclineReason.Other;
                    record.Invitation.DeclineText = "no, thank you";
                    record.Invitation.CoolDownEndTime = Time;
                    record.HighBarredUntilTime = Time;
                    break;
                case RelationshipState.Withdrawn:
                    record.LowBarredUntilTime = Time;
                    break;
            }
            records.Add(record);
        }
        var both = Connected("m", "m-blocked");
        both.State = RelationshipState.Unspecified;
        both.Invitation.State = InvitationState.Superseded;
        (both.BlockedByLow, both.BlockedByHigh) = (true, true);
        (both.LowBlockTime, both.HighBlockTime) = (Time, new Timestamp { Seconds = 1_800_000_000 });
        both.LastBlockTime = both.HighBlockTime;
        both.BlockedThrough = 2;
        records.Add(both);
        var lifted = Connected("m", "m-lifted");
        lifted.State = RelationshipState.Unspecified;
        (lifted.LowUnblockTime, lifted.HighUnblockTime) = (Time, Time);
        lifted.LastBlockTime = Time;
        lifted.BlockedThrough = 1;
        records.Add(lifted);
        return records;
    }

    /// <summary>All that an installation holds.</summary>
    public static async Task<List<RelationshipRecord>> ExportAsync(
        ConnectionsOperationsService.ConnectionsOperationsServiceClient client
    )
    {
        var records = new List<RelationshipRecord>();
        using var call = client.ExportRelationships(new ExportRelationshipsRequest());
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
        {
            records.AddRange(answer.Relationships);
        }
        return records;
    }

    /// <summary>
    /// What is imported is exported the same; importing it again changes nothing; what differs is refused and left as it is.
    /// </summary>
    public static async Task AssertMovesAsync(
        ConnectionsOperationsService.ConnectionsOperationsServiceClient client
    )
    {
        var records = EveryState();
        var request = new ImportRelationshipsRequest { Relationships = { records } };

        var first = await client.ImportRelationshipsAsync(request);
        Assert.All(
            first.Results,
            result => Assert.Equal(RelationshipImportOutcome.Stored, result.Outcome)
        );
        Assert.Equal(records, await ExportAsync(client));

        var second = await client.ImportRelationshipsAsync(request);
        Assert.All(
            second.Results,
            result => Assert.Equal(RelationshipImportOutcome.Unchanged, result.Outcome)
        );

        foreach (var record in request.Relationships)
        {
            record.StateTime = new Timestamp { Seconds = 1 };
        }
        var third = await client.ImportRelationshipsAsync(request);
        Assert.All(
            third.Results,
            result => Assert.Equal((int)StatusCode.FailedPrecondition, result.Error.Code)
        );
        Assert.Equal(EveryState(), await ExportAsync(client));
    }
}
