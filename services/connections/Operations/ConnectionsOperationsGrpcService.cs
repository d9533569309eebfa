using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.Members;
using Platform.Connections.Recommendations;
using Platform.Connections.Relationships;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Operations;

/// <summary>Translates the contract of operators.</summary>
public sealed class ConnectionsOperationsGrpcService(
    RelationshipTransfer transfer,
    RecommendationTransfer recommendations,
    SettingsTransfer settings
) : ConnectionsOperationsService.ConnectionsOperationsServiceBase
{
    private const string ErrorDomain = "platform.connections.v1";
    private const string ExportScope = "export-relationships";
    private const string RecommendationScope = "export-recommendations";
    private const string SettingsScope = "export-settings";
    private const int ExportChunk = 200;

    // their texts are long
    private const int RecommendationChunk = 100;
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
        MemberPair? after = ReadIds(ExportScope, request.Cursor) is var (low, high)
            ? MemberPair.Of(low, high)
            : null;
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

    /// <inheritdoc />
    public override async Task ExportRecommendations(
        ExportRecommendationsRequest request,
        IServerStreamWriter<ExportRecommendationsResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        RecommendationKey? after = ReadIds(RecommendationScope, request.Cursor)
            is var (author, recipient)
            ? new RecommendationKey(author, recipient)
            : null;
        await foreach (
            var chunk in recommendations.ExportAsync(
                after,
                RecommendationChunk,
                context.CancellationToken
            )
        )
        {
            after = chunk.Count > 0 ? chunk[^1].Key : after;
            await responseStream.WriteAsync(
                new ExportRecommendationsResponse
                {
                    Recommendations = { chunk.Select(RecommendationRecords.Of) },
                    Cursor = PageToken.Encode(
                        RecommendationScope,
                        after is { } last ? $"{last.AuthorId}|{last.RecipientId}" : null
                    ),
                    Complete = chunk.Count < RecommendationChunk,
                },
                context.CancellationToken
            );
        }
    }

    /// <inheritdoc />
    public override async Task<ImportRecommendationsResponse> ImportRecommendations(
        ImportRecommendationsRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        new RequestValidator()
            .Batch("recommendations", request.Recommendations.Count, MaxBatch)
            .ThrowIfInvalid();
        var results = new RecommendationImportResult[request.Recommendations.Count];
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
                    request.Recommendations[index],
                    $"recommendations[{index}]",
                    cancellationToken
                )
        );
        return new ImportRecommendationsResponse { Results = { results } };
    }

    /// <inheritdoc />
    public override async Task ExportSettings(
        ExportSettingsRequest request,
        IServerStreamWriter<ExportSettingsResponse> responseStream,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        var after = StreamCursor.Decode(SettingsScope, request.Cursor) ?? "";
        await foreach (
            var chunk in settings.ExportAsync(after, ExportChunk, context.CancellationToken)
        )
        {
            after = chunk.Count > 0 ? chunk[^1].MemberId : after;
            await responseStream.WriteAsync(
                new ExportSettingsResponse
                {
                    // most members have a document for other reasons than settings
                    Settings =
                    {
                        chunk
                            .Where(member =>
                                !member.IsErased && member.Settings != MemberSettings.Default
                            )
                            .Select(SettingsRecords.Of),
                    },
                    Cursor = PageToken.Encode(SettingsScope, after.Length > 0 ? after : null),
                    Complete = chunk.Count < ExportChunk,
                },
                context.CancellationToken
            );
        }
    }

    /// <inheritdoc />
    public override async Task<ImportSettingsResponse> ImportSettings(
        ImportSettingsRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Operator);
        new RequestValidator().Batch("settings", request.Settings.Count, MaxBatch).ThrowIfInvalid();
        var results = new SettingsImportResult[request.Settings.Count];
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
                    request.Settings[index],
                    $"settings[{index}]",
                    cancellationToken
                )
        );
        return new ImportSettingsResponse { Results = { results } };
    }

    private async Task<SettingsImportResult> ImportAsync(
        MemberSettingsRecord record,
        string path,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var stored = await settings.ImportAsync(
                record.MemberId,
                SettingsRecords.Read(record, path),
                cancellationToken
            );
            return new SettingsImportResult
            {
                Outcome = stored ? SettingsImportOutcome.Stored : SettingsImportOutcome.Unchanged,
            };
        }
        // a store that is away fails the batch, which is repeated as a whole
        catch (DomainException refusal)
            when (refusal.Reason is ErrorReason.InvalidRequest or ErrorReason.ImportConflict)
        {
            return new SettingsImportResult { Error = refusal.ToStatus(ErrorDomain) };
        }
    }

    private async Task<RecommendationImportResult> ImportAsync(
        RecommendationRecord record,
        string path,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var stored = await recommendations.ImportAsync(
                RecommendationRecords.Read(record, path),
                cancellationToken
            );
            return new RecommendationImportResult
            {
                Outcome = stored
                    ? RecommendationImportOutcome.Stored
                    : RecommendationImportOutcome.Unchanged,
            };
        }
        // a store that is away fails the batch, which is repeated as a whole
        catch (DomainException refusal)
            when (refusal.Reason is ErrorReason.InvalidRequest or ErrorReason.ImportConflict)
        {
            return new RecommendationImportResult { Error = refusal.ToStatus(ErrorDomain) };
        }
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
        || relationship.BlockedBy != Side.None
        || relationship.LastBlockTime is not null;

    // the two ids at which a stream goes on, in the order in which it wrote them; null for the beginning
    private static (string, string)? ReadIds(string scope, string cursor)
    {
        if (StreamCursor.Decode(scope, cursor) is not { } position)
        {
            return null;
        }
        var ids = position.Split('|');
        return ids.Length == 2 && ids.All(MemberId.IsValid) && ids[0] != ids[1]
            ? (ids[0], ids[1])
            : throw StreamCursor.Foreign();
    }
}
