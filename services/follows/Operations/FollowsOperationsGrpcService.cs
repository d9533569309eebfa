using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Follows.Operations;

/// <summary>Translates the contract of operators. Verify, repair and erasure are not built yet and answer NOT_IMPLEMENTED.</summary>
public sealed class FollowsOperationsGrpcService(
    FollowExport export,
    FollowsHandler handler,
    TimeProvider time
) : FollowsOperationsService.FollowsOperationsServiceBase
{
    private const string Domain = "platform.follows.v1";
    private const string ExportScope = "export-follows";
    private const int ExportChunk = 500;
    private const int MaxBatch = 500;
    private const int ImportedTogether = 32;

    /// <inheritdoc />
    public override async Task ExportFollows(
        ExportFollowsRequest request,
        IServerStreamWriter<ExportFollowsResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        var after = ReadCursor(request.Cursor);
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
            )
        {
            return new FollowImportResult { Error = refusal.ToStatus(Domain) };
        }
    }

    private DateTimeOffset? ReadTime(RequestValidator validator, string field, Timestamp? timestamp)
    {
        if (timestamp is null)
        {
            return null;
        }
        try
        {
            var since = timestamp.ToDateTimeOffset();
            // Sequence numbers cannot be earlier; one far ahead would stay the newest for ever.
            if (since < RedisFollowStore.Epoch || since > time.GetUtcNow().AddDays(1))
            {
                validator.Add(field, "must be from 2025 on, and not in the future");
            }
            else if (timestamp.Nanos % 1_000 != 0)
            {
                validator.Add(field, "must be in whole microseconds");
            }
            return since;
        }
        catch (InvalidOperationException)
        {
            // Nanoseconds or seconds outside what the type promises.
            validator.Add(field, "is not a valid timestamp");
            return null;
        }
    }

    private static FollowPosition? ReadCursor(string cursor)
    {
        try
        {
            return FollowPosition.Read(PageToken.Decode(ExportScope, cursor));
        }
        catch (DomainException exception) when (exception.Reason == ErrorReason.InvalidPageToken)
        {
            throw new DomainException(
                ErrorReason.InvalidCursor,
                "The cursor is not one that this stream gave.",
                exception
            );
        }
    }
}
