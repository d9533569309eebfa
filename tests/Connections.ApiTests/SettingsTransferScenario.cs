using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Settings of members, and how they are moved.</summary>
internal static class SettingsTransferScenario
{
    /// <summary>
    /// What is imported is exported the same, resumed from any message; importing it again changes nothing; what differs is
    /// refused and left as it is.
    /// </summary>
    public static async Task AssertMovesAsync(
        ConnectionsOperationsService.ConnectionsOperationsServiceClient client
    )
    {
        // more than one message of the stream holds
        var records = Enumerable
            .Range(0, 450)
            .Select(index => new MemberSettingsRecord
            {
                MemberId = $"m-{index:D3}",
                Settings = new ConnectionSettings
                {
                    ListVisibility = (ListVisibility)(1 + index % 3),
                    InvitationAudience = (InvitationAudience)(1 + index / 3 % 3),
                },
            })
            .ToList();
        var set = records
            .Where(record =>
                record.Settings.ListVisibility != ListVisibility.Everyone
                || record.Settings.InvitationAudience != InvitationAudience.Everyone
            )
            .ToList();
        var request = new ImportSettingsRequest { Settings = { records } };

        var first = await client.ImportSettingsAsync(request);
        Assert.Equal(
            records.Select(record =>
                set.Contains(record)
                    ? SettingsImportOutcome.Stored
                    : SettingsImportOutcome.Unchanged
            ),
            first.Results.Select(result => result.Outcome)
        );
        Assert.Equal(set, await ExportAsync(client));

        var second = await client.ImportSettingsAsync(request);
        Assert.All(
            second.Results,
            result => Assert.Equal(SettingsImportOutcome.Unchanged, result.Outcome)
        );

        var other = set[0].Clone();
        other.Settings.ListVisibility =
            other.Settings.ListVisibility == ListVisibility.OnlyMe
                ? ListVisibility.Connections
                : ListVisibility.OnlyMe;
        var third = await client.ImportSettingsAsync(
            new ImportSettingsRequest
            {
                Settings =
                {
                    other,
                    new MemberSettingsRecord { MemberId = "no settings" },
                },
            }
        );
        Assert.Equal(
            [(int)StatusCode.FailedPrecondition, (int)StatusCode.InvalidArgument],
            third.Results.Select(result => result.Error.Code)
        );
        Assert.Equal(set, await ExportAsync(client));
    }

    // one message of each stream, then it is cut
    private static async Task<List<MemberSettingsRecord>> ExportAsync(
        ConnectionsOperationsService.ConnectionsOperationsServiceClient client
    )
    {
        var records = new List<MemberSettingsRecord>();
        var (cursor, complete) = ("", false);
        while (!complete)
        {
            using var call = client.ExportSettings(new ExportSettingsRequest { Cursor = cursor });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            var answer = call.ResponseStream.Current;
            records.AddRange(answer.Settings);
            (cursor, complete) = (answer.Cursor, answer.Complete);
        }
        return records;
    }
}
