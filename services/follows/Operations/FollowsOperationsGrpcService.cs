using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Follows;
using Platform.Follows.Members;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;
using Proto = Platform.Follows.V1;

namespace Platform.Follows.Operations;

/// <summary>Translates the contract of operators.</summary>
public sealed class FollowsOperationsGrpcService(
    FollowExport export,
    FollowVerifier verifier,
    FollowEraser eraser,
    FollowsHandler handler,
    IFollowStore store,
    IFollowRecord record,
    TimeProvider time
) : FollowsOperationsService.FollowsOperationsServiceBase
{
    private const string Domain = "platform.follows.v1";
    private const string ExportScope = "export-follows";
    private const string VerifyScope = "verify-follows";
    private const int ExportChunk = 500;
    private const int MaxBatch = 500;
    private const int ImportedTogether = 32;

    /// <inheritdoc />
    public override async Task VerifyFollows(
        VerifyFollowsRequest request,
        IServerStreamWriter<VerifyFollowsResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        new RequestValidator().OptionalMemberId("member_id", request.MemberId).ThrowIfInvalid();
        var scope = $"{VerifyScope}|{request.MemberId}";
        var from = StreamCursor.Decode(scope, request.Cursor, VerifyPosition.Read);
        var pieces =
            request.MemberId.Length > 0
                ? verifier.VerifyMemberAsync(
                    request.MemberId,
                    request.Repair,
                    context.CancellationToken
                )
                : verifier.VerifyAsync(from, request.Repair, context.CancellationToken);
        await foreach (var piece in pieces)
        {
            await responseStream.WriteAsync(
                new VerifyFollowsResponse
                {
                    Cursor = PageToken.Encode(scope, piece.Resume.ToString()),
                    BucketsChecked = piece.Resume.Buckets,
                    BucketsTotal = FollowKeys.Buckets,
                    EdgesChecked = piece.Edges,
                    Findings = { piece.Findings.Select(ToProto) },
                    FindingsTotal = piece.FindingsTotal,
                    RepairedTotal = piece.RepairedTotal,
                    Done = piece.IsDone,
                },
                context.CancellationToken
            );
        }
    }

    /// <inheritdoc />
    public override async Task<GetJournalStatusResponse> GetJournalStatus(
        GetJournalStatusRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        var (entries, oldest) = await store.ReadJournalStatusAsync(context.CancellationToken);
        var now = time.GetUtcNow();
        return new GetJournalStatusResponse
        {
            PendingEntries = entries,
            OldestCreateTime = oldest?.ToTimestamp(),
            Lag = (oldest is { } since && now > since ? now - since : TimeSpan.Zero).ToDuration(),
        };
    }

    /// <inheritdoc />
    public override async Task<DeleteMemberResponse> DeleteMember(
        DeleteMemberRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator, CallerRole.Service);
        new RequestValidator()
            .MemberId("member_id", request.MemberId)
            .RequestId(request.RequestId)
            .ThrowIfInvalid();
        var (done, ended) = await eraser.DeleteAsync(request.MemberId, context.CancellationToken);
        var tips = await record.ReadTipsAsync(
            [FollowKeys.BucketOf(request.MemberId)],
            context.CancellationToken
        );
        return new DeleteMemberResponse
        {
            Done = done,
            FollowsDeleted = ended,
            Revision = FollowRevision.Of(request.MemberId, tips[0]),
        };
    }

    /// <inheritdoc />
    public override async Task ExportFollows(
        ExportFollowsRequest request,
        IServerStreamWriter<ExportFollowsResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        var after = StreamCursor.Decode(ExportScope, request.Cursor, FollowPosition.Read);
        var response = new ExportFollowsResponse { Cursor = request.Cursor };
        await foreach (var (pair, since) in export.ReadAsync(after, context.CancellationToken))
        {
            if (response.Follows.Count == ExportChunk)
            {
                await responseStream.WriteAsync(response, context.CancellationToken);
                response = new ExportFollowsResponse();
            }
            response.Follows.Add(
                new FollowRecord
                {
                    FollowerId = pair.Follower,
                    Entity = pair.Entity.ToProto(),
                    FollowTime = since?.ToTimestamp(),
                }
            );
            response.Cursor = PageToken.Encode(ExportScope, FollowPosition.Of(pair).ToString());
        }
        response.Complete = true;
        await responseStream.WriteAsync(response, context.CancellationToken);
    }

    /// <inheritdoc />
    public override async Task<ImportFollowsResponse> ImportFollows(
        ImportFollowsRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        new RequestValidator().Batch("follows", request.Follows.Count, MaxBatch).ThrowIfInvalid();
        var results = new FollowImportResult[request.Follows.Count];
        await Parallel.ForAsync(
            0,
            results.Length,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = ImportedTogether,
                CancellationToken = context.CancellationToken,
            },
            async (index, cancellationToken) =>
                results[index] = await ImportAsync(
                    request.Follows[index],
                    $"follows[{index}]",
                    cancellationToken
                )
        );
        return new ImportFollowsResponse { Results = { results } };
    }

    private async Task<FollowImportResult> ImportAsync(
        FollowRecord record,
        string path,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var validator = new RequestValidator().MemberId(
                $"{path}.follower_id",
                record.FollowerId
            );
            var entity = validator.Entity($"{path}.entity", record.Entity);
            var since = ReadTime(validator, $"{path}.follow_time", record.FollowTime);
            validator.ThrowIfInvalid();
            var made = await handler.ImportAsync(
                new FollowPair(record.FollowerId, entity),
                since,
                cancellationToken
            );
            return new FollowImportResult
            {
                Outcome = made ? FollowImportOutcome.Stored : FollowImportOutcome.Unchanged,
            };
        }
        // A store that is away fails the batch, which is repeated as a whole.
        catch (DomainException refusal)
            when (refusal.Reason
                    is ErrorReason.InvalidRequest
                        or ErrorReason.ImportConflict
                        or ErrorReason.SelfFollow
                        or ErrorReason.NotFollowable
                        or ErrorReason.MemberDeleted
            )
        {
            return new FollowImportResult { Error = refusal.ToStatus(Domain) };
        }
    }

    private DateTimeOffset? ReadTime(RequestValidator validator, string field, Timestamp? timestamp)
    {
        var since = validator.Time(field, timestamp);
        // Sequence numbers cannot be earlier; one far ahead would stay the newest for ever.
        if (since < FollowSequence.Epoch || since > time.GetUtcNow().AddDays(1))
        {
            validator.Add(field, "must be from 2025 on, and not in the future");
        }
        else if (since is not null && timestamp!.Nanos % 1_000 != 0)
        {
            validator.Add(field, "must be in whole microseconds");
        }
        return since;
    }

    private static Proto.FollowFinding ToProto(FollowFinding finding) =>
        new()
        {
            Kind = (Proto.FollowFindingKind)finding.Kind,
            FollowerId = finding.Pair.Follower,
            Entity = finding.Pair.Entity.ToProto(),
            Repaired = finding.IsRepaired,
        };
}
