using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>Follows that are exported and imported.</summary>
public sealed class TransferTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    private FollowsOperationsService.FollowsOperationsServiceClient Operator =>
        new(server.Service.AsOperator());

    [Fact]
    public async Task Export_Resumed_GoesOnAfterTheCursor()
    {
        var follower = FollowsServer.NewId();
        // more than one message holds
        var records = Enumerable
            .Range(0, 700)
            .Select(index => new FollowRecord
            {
                FollowerId = index < 600 ? follower : FollowsServer.NewId(),
                Entity = new Entity { Kind = EntityKind.Company, Id = $"c-{index}" },
            })
            .ToList();
        foreach (var batch in records.Chunk(500))
        {
            await Operator.ImportFollowsAsync(new ImportFollowsRequest { Follows = { batch } });
        }
        var exported = new List<FollowRecord>();
        var cursor = "";
        var complete = false;
        while (!complete)
        {
            // one message of each stream, then it is cut
            using var call = Operator.ExportFollows(new ExportFollowsRequest { Cursor = cursor });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            exported.AddRange(call.ResponseStream.Current.Follows);
            (cursor, complete) = (
                call.ResponseStream.Current.Cursor,
                call.ResponseStream.Current.Complete
            );
        }

        Assert.Equal(exported.Count, exported.Distinct().Count());
        Assert.All(records, record => Assert.Contains(record, exported));
    }

    [Fact]
    public async Task Import_WhatNoFollowCanBe_IsRefusedAlone()
    {
        var follower = FollowsServer.NewId();
        var good = new FollowRecord
        {
            FollowerId = follower,
            Entity = new Entity { Kind = EntityKind.Member, Id = "star" },
            FollowTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddDays(-1)),
        };
        good.FollowTime.Nanos = 123_456_000;
        var self = good.Clone();
        self.Entity.Id = follower;
        var early = good.Clone();
        early.FollowTime.Seconds = 1;
        var late = good.Clone();
        late.FollowTime.Seconds += 10 * 86_400;
        var fine = good.Clone();
        fine.FollowTime.Nanos++;
        var nothing = good.Clone();
        nothing.Entity = null;
        var other = good.Clone();
        other.FollowTime.Seconds--;

        var answer = await Operator.ImportFollowsAsync(
            new ImportFollowsRequest { Follows = { self, early, late, fine, nothing, good } }
        );
        var second = await Operator.ImportFollowsAsync(
            new ImportFollowsRequest { Follows = { good, other } }
        );

        Assert.All(
            answer.Results.Take(5),
            result => Assert.Equal((int)StatusCode.InvalidArgument, result.Error.Code)
        );
        Assert.Equal(FollowImportOutcome.Stored, answer.Results[5].Outcome);
        Assert.Equal(FollowImportOutcome.Unchanged, second.Results[0].Outcome);
        Assert.Equal((int)StatusCode.FailedPrecondition, second.Results[1].Error.Code);
    }

    [Fact]
    public async Task WithoutTheRole_IsRefused()
    {
        foreach (var invoker in new[] { server.Service.As("ann"), server.Service.AsService() })
        {
            var client = new FollowsOperationsService.FollowsOperationsServiceClient(invoker);
            using var call = client.ExportFollows(new ExportFollowsRequest());

            var export = await Refusal.OfAsync(() =>
                call.ResponseStream.MoveNext(CancellationToken.None)
            );
            var import = await Refusal.OfAsync(() =>
                client.ImportFollowsAsync(new ImportFollowsRequest()).ResponseAsync
            );

            Assert.Equal(ErrorReason.RoleRequired, export.Reason);
            Assert.Equal(ErrorReason.RoleRequired, import.Reason);
        }
    }
}
