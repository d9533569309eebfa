using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Operations;

/// <summary>Translates the contract of operators.</summary>
public sealed class ConnectionsOperationsGrpcService(RelationshipTransfer transfer)
    : ConnectionsOperationsService.ConnectionsOperationsServiceBase
{
    private const string ErrorDomain = "platform.connections.v1";
    private const string ExportScope = "export-relationships";
    private const int ExportChunk = 200;
    private const int MaxBatch = 500;
    private const int ImportedTogether = 16;

    /// <inheritdoc />
    public override async Task ExportRelationships(
        ExportRelationshipsRequest request,
        IServerStreamWriter<ExportRelationshipsResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        var after = ReadCursor(request.Cursor);
        await foreach (
            var chunk in transfer.ExportAsync(after, ExportChunk, context.CancellationToken)
        )
        {
            after = chunk.Count > 0 ? chunk[^1].Pair : after;
            await responseStream.WriteAsync(
                new ExportRelationshipsResponse
                {
                    // an erased pair leaves an empty document, which is nothing to keep
                    Relationships = { chunk.Where(IsAnything).Select(RelationshipRecords.Of) },
                    Cursor = PageToken.Encode(
                        ExportScope,
                        after is { } last ? $"{last.Low}|{last.High}" : null
                    ),
                    Complete = chunk.Count < ExportChunk,
                },
                context.CancellationToken
            );
        }
    }

    /// <inheritdoc />
    public override async Task<ImportRelationshipsResponse> ImportRelationships(
        ImportRelationshipsRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        new RequestValidator()
            .Batch("relationships", request.Relationships.Count, MaxBatch)
            .ThrowIfInvalid();
        var results = new RelationshipImportResult[request.Relationships.Count];
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
                    request.Relationships[index],
                    $"relationships[{index}]",
                    cancellationToken
                )
        );
        return new ImportRelationshipsResponse { Results = { results } };
    }

    private async Task<RelationshipImportResult> ImportAsync(
        RelationshipRecord record,
        string path,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var stored = await transfer.ImportAsync(
                RelationshipRecords.Read(record, path),
                cancellationToken
            );
            return new RelationshipImportResult
            {
                Outcome = stored
                    ? RelationshipImportOutcome.Stored
                    : RelationshipImportOutcome.Unchanged,
            };
        }
        // a store that is away fails the batch, which is repeated as a whole
        catch (DomainException refusal)
            when (refusal.Reason is ErrorReason.InvalidRequest or ErrorReason.ImportConflict)
        {
            return new RelationshipImportResult { Error = refusal.ToStatus(ErrorDomain) };
        }
    }

    private static bool IsAnything(Relationship relationship) =>
        relationship.State
            is not (Relationships.RelationshipState.None or Relationships.RelationshipState.Erased)
        || relationship.BlockedBy != Side.None;

    private static MemberPair? ReadCursor(string cursor)
    {
        try
        {
            var position = PageToken.Decode(ExportScope, cursor);
            if (position is null)
            {
                return null;
            }
            var ids = position.Split('|');
            return ids.Length == 2 && ids.All(MemberId.IsValid) && ids[0] != ids[1]
                ? MemberPair.Of(ids[0], ids[1])
                : throw PageToken.Foreign();
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
